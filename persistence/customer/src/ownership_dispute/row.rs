//! Rows of disputes.

use crate::{
    file,
    organisation::Organisation,
    schema::{
        ownership_dispute_respondents as respondents, ownership_dispute_statements as statements,
        ownership_disputes as disputes,
    },
    spine::{Failure, Instant, Key, Reader, Stored, Tx, db, guard, insert_all, save_row},
};
use diesel::prelude::*;
use domain::{
    customer_file::CustomerId,
    ownership_dispute::{Mediation, OwnershipDispute, Ruling, Statement, Withdrawal},
    spine::{EmployeeId, Entity, Id, Permission, Version},
};
use uuid::Uuid;

#[derive(Queryable, Selectable, Insertable, AsChangeset, Clone, Debug)]
#[diesel(table_name = disputes, treat_none_as_default_value = false, treat_none_as_null = true)]
pub(super) struct Row {
    pub id: Key,
    pub number: String,
    pub customer_id: Key,
    pub open_customer_id: Option<Key>,
    pub department_id: Key,
    pub claimant_id: Key,
    pub claim: String,
    pub opened_at: Instant,
    pub evidence_until: Instant,
    pub mediated_by_id: Option<Key>,
    pub mediated_at: Option<Instant>,
    pub mediation: Option<String>,
    pub ruled_by_id: Option<Key>,
    pub ruled_at: Option<Instant>,
    pub ruled_owner_id: Option<Key>,
    pub reasons: Option<String>,
    pub shares: Option<String>,
    pub settlement: Option<String>,
    pub withdrawn_at: Option<Instant>,
    pub withdrawal: Option<String>,
    pub status: String,
    pub version: Version,
}

#[derive(Queryable, Selectable, Insertable, Clone, Debug)]
#[diesel(table_name = respondents)]
struct RespondentRow {
    dispute_id: Key,
    place: i32,
    employee_id: Key,
}

#[derive(Queryable, Selectable, Insertable, Clone, Debug)]
#[diesel(table_name = statements)]
struct StatementRow {
    dispute_id: Key,
    place: i32,
    by_id: Key,
    at: Instant,
    content: String,
    facts: String,
    files: String,
}

fn place(index: usize) -> i32 {
    i32::try_from(index).unwrap_or(i32::MAX)
}

impl Row {
    fn of(dispute: &OwnershipDispute) -> Result<Self, Failure> {
        let OwnershipDispute { id, number, customer, department, claimant, claim, .. } = dispute;
        let OwnershipDispute { opened_at, evidence_until, mediation, ruling, withdrawal, version, .. } =
            dispute;
        let ruled = ruling.as_ref();
        let shares = ruled.map(|ruling| serde_json::to_string(&ruling.shares)).transpose()?;
        let settlement = ruled.map(|ruling| serde_json::to_string(&ruling.settlement)).transpose()?;
        Ok(Self {
            id: (*id).into(),
            number: number.clone(),
            customer_id: (*customer).into(),
            open_customer_id: dispute.is_open().then(|| (*customer).into()),
            department_id: (*department).into(),
            claimant_id: (*claimant).into(),
            claim: claim.clone(),
            opened_at: (*opened_at).into(),
            evidence_until: (*evidence_until).into(),
            mediated_by_id: mediation.as_ref().and_then(|mediation| mediation.by).map(Into::into),
            mediated_at: mediation.as_ref().map(|mediation| mediation.at.into()),
            mediation: mediation.as_ref().map(|mediation| mediation.note.clone()),
            ruled_by_id: ruled.and_then(|ruling| ruling.by).map(Into::into),
            ruled_at: ruled.map(|ruling| ruling.at.into()),
            ruled_owner_id: ruled.map(|ruling| ruling.owner.into()),
            reasons: ruled.map(|ruling| ruling.reasons.clone()),
            shares,
            settlement,
            withdrawn_at: withdrawal.as_ref().map(|withdrawal| withdrawal.at.into()),
            withdrawal: withdrawal.as_ref().map(|withdrawal| withdrawal.reason.clone()),
            status: dispute.state().code().to_owned(),
            version: *version,
        })
    }

    fn ruling(&self) -> Result<Option<Ruling>, Failure> {
        let Some(at) = self.ruled_at else { return Ok(None) };
        let missing =
            |column: &'static str| move || Failure::corrupt("ownership_disputes", column, self.id.0);
        let shares = self.shares.as_deref().ok_or_else(missing("shares"))?;
        let settlement = self.settlement.as_deref().ok_or_else(missing("settlement"))?;
        Ok(Some(Ruling {
            by: self.ruled_by_id.map(Into::into),
            at: at.into(),
            owner: self.ruled_owner_id.ok_or_else(missing("ruled_owner_id"))?.into(),
            shares: serde_json::from_str(shares)?,
            reasons: self.reasons.clone().ok_or_else(missing("reasons"))?,
            settlement: serde_json::from_str(settlement)?,
        }))
    }

    pub fn whole(self, reader: &mut Reader<'_>) -> Result<OwnershipDispute, Failure> {
        let (key, ruling) = (self.id, self.ruling()?);
        let people: Vec<Key> = db!(reader, |c| respondents::table
            .filter(respondents::dispute_id.eq(key))
            .order(respondents::place)
            .select(respondents::employee_id)
            .load(c))?;
        let said: Vec<StatementRow> = db!(reader, |c| statements::table
            .filter(statements::dispute_id.eq(key))
            .order(statements::place)
            .select(StatementRow::as_select())
            .load(c))?;
        let by = self.mediated_by_id.map(Into::into);
        let mediation = self.mediated_at.zip(self.mediation);
        let withdrawal = self.withdrawn_at.zip(self.withdrawal);
        Ok(OwnershipDispute {
            id: self.id.into(),
            number: self.number,
            customer: self.customer_id.into(),
            department: self.department_id.into(),
            claimant: self.claimant_id.into(),
            respondents: people.into_iter().map(Into::into).collect(),
            claim: self.claim,
            opened_at: self.opened_at.into(),
            evidence_until: self.evidence_until.into(),
            statements: said.into_iter().map(StatementRow::statement).collect::<Result<_, _>>()?,
            mediation: mediation.map(|(at, note)| Mediation { by, at: at.into(), note }),
            ruling,
            withdrawal: withdrawal.map(|(at, reason)| Withdrawal { at: at.into(), reason }),
            version: self.version,
        })
    }
}

impl StatementRow {
    fn of(dispute: Key, index: usize, statement: &Statement) -> Result<Self, Failure> {
        let Statement { by, at, content, facts, files } = statement;
        Ok(Self {
            dispute_id: dispute,
            place: place(index),
            by_id: (*by).into(),
            at: (*at).into(),
            content: content.clone(),
            facts: serde_json::to_string(facts)?,
            files: serde_json::to_string(files)?,
        })
    }

    fn statement(self) -> Result<Statement, Failure> {
        let Self { dispute_id: _, place: _, by_id, at, content, facts, files } = self;
        let (facts, files) = (serde_json::from_str(&facts)?, serde_json::from_str(&files)?);
        Ok(Statement { by: by_id.into(), at: at.into(), content, facts, files })
    }
}

impl Stored<crate::Customer> for OwnershipDispute {
    const GROWING: &'static [&'static str] = &["statements"];

    fn save(&self, before: Option<&Self>, tx: &mut Tx<'_>) -> Result<(), Failure> {
        let row = Row::of(self)?;
        guard(save_row!(tx, disputes, &row, before)?)?;
        if before.is_none() {
            let respondent = |(index, who): (usize, &EmployeeId)| RespondentRow {
                dispute_id: row.id,
                place: place(index),
                employee_id: (*who).into(),
            };
            let rows: Vec<RespondentRow> = self.respondents.iter().enumerate().map(respondent).collect();
            insert_all!(tx, respondents::table, &rows);
        }
        let known = before.map_or(0, |before| before.statements.len());
        let new = self.statements.iter().enumerate().skip(known);
        let rows = new.map(|(index, said)| StatementRow::of(row.id, index, said));
        let rows = rows.collect::<Result<Vec<_>, _>>()?;
        insert_all!(tx, statements::table, &rows);
        Ok(())
    }
}

/// One dispute whoever asks: for rules, never for an answer.
///
/// # Errors
/// Where there is none.
pub fn load(reader: &mut Reader<'_>, id: Id<OwnershipDispute>) -> Result<OwnershipDispute, Failure> {
    let key = Key::from(id);
    let row: Row =
        db!(reader, |c| disputes::table.filter(disputes::id.eq(key)).select(Row::as_select()).first(c))?;
    row.whole(reader)
}

/// One dispute that the caller may see: a party, who leads a party, and whoever's permission reaches the department.
///
/// # Errors
/// Not found where they may not.
pub fn find(reader: &mut Reader<'_>, id: Id<OwnershipDispute>) -> Result<OwnershipDispute, Failure> {
    let dispute = load(reader, id)?;
    if dispute.is_party(reader.actor()) || reader.reach().covers(dispute.department, false) {
        return Ok(dispute);
    }
    let parties: Vec<EmployeeId> = dispute.parties().collect();
    for party in parties {
        if Organisation::caller_is_above(reader, party)? {
            return Ok(dispute);
        }
    }
    Err(Failure::NotFound)
}

/// Whether the caller may read a dispute, and with it its files.
pub(super) fn may_read(reader: &mut Reader<'_>, id: Uuid) -> Result<bool, Failure> {
    reader.finds_by(Permission::ReadCustomers, |reader| find(reader, Id::from_uuid(id)))
}

/// What stands for what was said, where it is erased.
const ERASED: &str = "（已删除）";

/// Forgets what was said in the disputes over a customer, and the files; that there were some, and what was ruled, stays.
/// Answers which they are.
pub(crate) fn erase(tx: &mut Tx<'_>, customer: CustomerId) -> Result<Vec<Key>, Failure> {
    let of = disputes::customer_id.eq(Key::from(customer));
    let keys: Vec<Key> = db!(tx, |c| disputes::table.filter(of).select(disputes::id).load(c))?;
    db!(tx, |c| diesel::update(disputes::table.filter(of)).set(disputes::claim.eq(ERASED)).execute(c))?;
    let gone = Some(ERASED);
    let mediated = of.and(disputes::mediation.is_not_null());
    db!(tx, |c| diesel::update(disputes::table.filter(mediated))
        .set(disputes::mediation.eq(gone))
        .execute(c))?;
    let ruled = of.and(disputes::reasons.is_not_null());
    db!(tx, |c| diesel::update(disputes::table.filter(ruled)).set(disputes::reasons.eq(gone)).execute(c))?;
    let withdrawn = of.and(disputes::withdrawal.is_not_null());
    db!(tx, |c| diesel::update(disputes::table.filter(withdrawn))
        .set(disputes::withdrawal.eq(gone))
        .execute(c))?;
    for key in &keys {
        let said = statements::dispute_id.eq(*key);
        db!(tx, |c| diesel::update(statements::table.filter(said))
            .set((statements::content.eq(ERASED), statements::files.eq("[]")))
            .execute(c))?;
        let held = file::list_of(tx, OwnershipDispute::KIND, key.0)?;
        file::attach_exactly(tx, &[], OwnershipDispute::KIND, key.0, "")?;
        for one in held {
            file::end(tx, Id::from_uuid(one.id.uuid()))?;
        }
    }
    Ok(keys)
}
