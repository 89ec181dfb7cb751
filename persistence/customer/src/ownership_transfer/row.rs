//! Rows of transfers and of their customers.

use crate::{
    approval::document::StandingColumns,
    schema::{ownership_transfer_customers as handed, ownership_transfers as transfers},
    spine::{Failure, Instant, Key, Reader, Sight, Stored, Tx, db, guard, insert_all, save_row},
};
use diesel::prelude::*;
use domain::{
    approval::Petition,
    ownership::Because,
    ownership_transfer::{Handed, OwnershipTransfer, TransferContent, TransferOutcome},
    spine::{Entity, Id, Version},
};

#[derive(Queryable, Selectable, Insertable, AsChangeset, Clone, Debug)]
#[diesel(table_name = transfers, treat_none_as_default_value = false, treat_none_as_null = true)]
pub(super) struct Row {
    pub id: Key,
    pub number: String,
    pub department_id: Key,
    pub from_id: Key,
    pub to_id: Key,
    pub is_hand_over: bool,
    pub reason: String,
    pub open_matters: String,
    pub creator_id: Key,
    pub creator_employee_id: Option<Key>,
    pub submitter_id: Key,
    pub created_at: Instant,
    pub status: String,
    pub status_at: Option<Instant>,
    pub status_reason: Option<String>,
    pub approval_id: Option<Key>,
    pub version: Version,
}

#[derive(Queryable, Selectable, Insertable, Clone, Debug)]
#[diesel(table_name = handed, treat_none_as_default_value = false)]
struct HandedRow {
    transfer_id: Key,
    place: i32,
    customer_id: Key,
    outcome: String,
    because: Option<String>,
}

impl Row {
    fn of(transfer: &OwnershipTransfer) -> Result<Self, Failure> {
        let OwnershipTransfer { id, petition, content, version } = transfer;
        let Petition { number, creator, creator_employee, submitter, created_at, standing, approval } =
            petition;
        let TransferContent { from, to, department, is_hand_over, reason, open_matters, customers: _ } =
            content;
        let StandingColumns { status, at, reason: status_reason } = StandingColumns::of(standing);
        Ok(Self {
            id: (*id).into(),
            number: number.clone(),
            department_id: (*department).into(),
            from_id: (*from).into(),
            to_id: (*to).into(),
            is_hand_over: *is_hand_over,
            reason: reason.clone(),
            open_matters: serde_json::to_string(open_matters)?,
            creator_id: (*creator).into(),
            creator_employee_id: creator_employee.map(Into::into),
            submitter_id: (*submitter).into(),
            created_at: (*created_at).into(),
            status,
            status_at: at,
            status_reason,
            approval_id: approval.map(Into::into),
            version: *version,
        })
    }

    pub fn whole(self, reader: &mut Reader<'_>) -> Result<OwnershipTransfer, Failure> {
        let key = self.id;
        let rows: Vec<HandedRow> = db!(reader, |c| handed::table
            .filter(handed::transfer_id.eq(key))
            .order(handed::place)
            .select(HandedRow::as_select())
            .load(c))?;
        let columns = StandingColumns { status: self.status, at: self.status_at, reason: self.status_reason };
        Ok(OwnershipTransfer {
            id: key.into(),
            petition: Petition {
                number: self.number,
                creator: self.creator_id.into(),
                creator_employee: self.creator_employee_id.map(Into::into),
                submitter: self.submitter_id.into(),
                created_at: self.created_at.into(),
                standing: columns.standing("ownership_transfers", key)?,
                approval: self.approval_id.map(Into::into),
            },
            content: TransferContent {
                from: self.from_id.into(),
                to: self.to_id.into(),
                department: self.department_id.into(),
                is_hand_over: self.is_hand_over,
                reason: self.reason,
                open_matters: serde_json::from_str(&self.open_matters)?,
                customers: rows.into_iter().map(HandedRow::handed).collect::<Result<_, _>>()?,
            },
            version: self.version,
        })
    }
}

impl HandedRow {
    fn of(transfer: Key, index: usize, handed: &Handed) -> Self {
        let Handed { customer, outcome, because } = handed;
        Self {
            transfer_id: transfer,
            place: i32::try_from(index).unwrap_or(i32::MAX),
            customer_id: (*customer).into(),
            outcome: outcome.code().to_owned(),
            because: because.map(|because| because.code().to_owned()),
        }
    }

    fn handed(self) -> Result<Handed, Failure> {
        let Self { transfer_id, place: _, customer_id, outcome, because } = self;
        let corrupt = || Failure::corrupt("ownership_transfer_customers", "outcome", transfer_id.0);
        let because =
            because.as_deref().map(|code| Because::from_code(code).ok_or_else(corrupt)).transpose()?;
        let outcome = TransferOutcome::from_code(&outcome).ok_or_else(corrupt)?;
        Ok(Handed { customer: customer_id.into(), outcome, because })
    }
}

impl Stored<crate::Customer> for OwnershipTransfer {
    fn save(&self, before: Option<&Self>, tx: &mut Tx<'_>) -> Result<(), Failure> {
        let row = Row::of(self)?;
        guard(save_row!(tx, transfers, &row, before)?)?;
        if before.is_some_and(|before| before.content.customers == self.content.customers) {
            return Ok(());
        }
        db!(tx, |c| diesel::delete(handed::table.filter(handed::transfer_id.eq(row.id))).execute(c))?;
        let customers = self.content.customers.iter().enumerate();
        let rows: Vec<HandedRow> =
            customers.map(|(index, handed)| HandedRow::of(row.id, index, handed)).collect();
        insert_all!(tx, handed::table, &rows);
        Ok(())
    }
}

/// One transfer whoever asks: for rules, never for an answer.
pub(super) fn find_unscoped(
    reader: &mut Reader<'_>,
    id: Id<OwnershipTransfer>,
) -> Result<OwnershipTransfer, Failure> {
    let key = Key::from(id);
    let row: Row =
        db!(reader, |c| transfers::table.filter(transfers::id.eq(key)).select(Row::as_select()).first(c))?;
    row.whole(reader)
}

/// One transfer, if the caller may see it: who asked, who gives, who receives, whoever reaches the department, and its
/// approvers.
///
/// # Errors
/// Not found where they may not.
pub fn find(reader: &mut Reader<'_>, id: Id<OwnershipTransfer>) -> Result<OwnershipTransfer, Failure> {
    let (sight, transfer) = (Sight::of(reader), find_unscoped(reader, id)?);
    let actor = reader.actor();
    let is_own = actor.user == transfer.petition.creator
        || [transfer.petition.submitter, transfer.content.from, transfer.content.to]
            .into_iter()
            .any(|person| actor.is(person));
    let (key, department) = (Key::from(transfer.id), Key::from(transfer.content.department));
    if sight.covers(reader, OwnershipTransfer::KIND, key, department, is_own)? {
        Ok(transfer)
    } else {
        Err(Failure::NotFound)
    }
}
