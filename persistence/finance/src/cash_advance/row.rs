//! Rows of advances and of what settles them.

use super::reversal;
use crate::{
    approval::document::StandingColumns,
    file,
    schema::{
        cash_advance_movements as movements, cash_advance_reversals as reversals, cash_advances as advances,
    },
    spine::{Failure, Instant, Key, Reader, Sight, Stored, Tx, db, guard, insert_all, save_row, within},
};
use diesel::prelude::*;
use domain::{
    approval::Petition,
    finance::cash_advance::{AdvanceContent, CashAdvance, Movement, MovementKind, Payout, movement::Settled},
    spine::{BusinessDate, Currency, Entity, Id, Money, Permission, Version},
};
use serde_json::json;
use uuid::Uuid;

#[derive(Queryable, Selectable, Insertable, AsChangeset, Clone, Debug)]
#[diesel(table_name = advances, treat_none_as_default_value = false, treat_none_as_null = true)]
struct Row {
    id: Key,
    number: String,
    creator_id: Key,
    creator_employee_id: Option<Key>,
    submitter_id: Key,
    department_id: Key,
    created_at: Instant,
    changed_at: Instant,
    business_date: BusinessDate,
    currency: String,
    amount_minor: i64,
    purpose: String,
    search_text: String,
    settle_on: BusinessDate,
    request_id: Option<Key>,
    settled_minor: i64,
    outstanding_minor: i64,
    status: String,
    status_at: Option<Instant>,
    status_reason: Option<String>,
    approval_id: Option<Key>,
    payout_reference: Option<String>,
    paid_on: Option<BusinessDate>,
    confirmed_at: Option<Instant>,
    confirmed_by_id: Option<Key>,
    advance_account: Option<String>,
    bank_account: Option<String>,
    version: Version,
}

#[derive(Queryable, Selectable, Insertable, Clone, Debug)]
#[diesel(table_name = movements, treat_none_as_default_value = false)]
struct MovementRow {
    advance_id: Key,
    position: i32,
    kind: String,
    claim_id: Option<Key>,
    is_approved: bool,
    reference: Option<String>,
    amount_minor: i64,
    moved_on: BusinessDate,
    recorded_at: Instant,
    recorded_by_id: Key,
}

impl Row {
    fn of(advance: &CashAdvance, tx: &Tx<'_>) -> Self {
        let CashAdvance { id, petition, content, payout, movements, reversals: _, version } = advance;
        let Petition { number, creator, creator_employee, submitter, created_at, standing, approval } =
            petition;
        let StandingColumns { status, at, reason } = StandingColumns::of(standing);
        Self {
            id: (*id).into(),
            number: number.clone(),
            creator_id: (*creator).into(),
            creator_employee_id: creator_employee.map(Into::into),
            submitter_id: (*submitter).into(),
            department_id: content.department.into(),
            created_at: (*created_at).into(),
            changed_at: tx.now().into(),
            business_date: content.business_date,
            currency: content.amount.currency().code().to_owned(),
            amount_minor: content.amount.minor(),
            purpose: content.purpose.clone(),
            search_text: format!("{number}\n{}", content.purpose).to_lowercase(),
            settle_on: content.settle_on,
            request_id: content.request.map(Into::into),
            settled_minor: movements.iter().map(|movement| movement.amount.minor()).sum(),
            outstanding_minor: advance.outstanding().minor(),
            status,
            status_at: at,
            status_reason: reason,
            approval_id: approval.map(Into::into),
            payout_reference: payout.as_ref().map(|payout| payout.reference.clone()),
            paid_on: payout.as_ref().map(|payout| payout.paid_on),
            confirmed_at: payout.as_ref().map(|payout| payout.confirmed_at.into()),
            confirmed_by_id: payout.as_ref().map(|payout| payout.confirmed_by.into()),
            advance_account: payout.as_ref().map(|payout| payout.advance_account.clone()),
            bank_account: payout.as_ref().map(|payout| payout.bank_account.clone()),
            version: *version,
        }
    }

    fn payout(&self) -> Option<Payout> {
        Some(Payout {
            reference: self.payout_reference.clone()?,
            paid_on: self.paid_on?,
            confirmed_at: self.confirmed_at?.into(),
            confirmed_by: self.confirmed_by_id?.into(),
            advance_account: self.advance_account.clone()?,
            bank_account: self.bank_account.clone()?,
        })
    }
}

impl MovementRow {
    fn of(advance: Key, index: usize, movement: &Movement) -> Result<Self, Failure> {
        let Movement { settled, amount, on, at, by } = movement;
        let (kind, claim_id, is_approved, reference) = match settled {
            Settled::ByClaim { claim, approved } => {
                (MovementKind::Claim, Some((*claim).into()), *approved, None)
            }
            Settled::InCash { reference } => (MovementKind::Repayment, None, true, Some(reference.clone())),
        };
        Ok(Self {
            advance_id: advance,
            position: i32::try_from(index + 1).map_err(Failure::fault)?,
            kind: kind.code().to_owned(),
            claim_id,
            is_approved,
            reference,
            amount_minor: amount.minor(),
            moved_on: *on,
            recorded_at: (*at).into(),
            recorded_by_id: (*by).into(),
        })
    }

    fn movement(self, currency: Currency) -> Result<Movement, Failure> {
        let settled = match (self.claim_id, self.reference) {
            (Some(claim), None) => Settled::ByClaim { claim: claim.into(), approved: self.is_approved },
            (None, Some(reference)) => Settled::InCash { reference },
            _ => return Err(Failure::corrupt("cash_advance_movements", "kind", self.advance_id.0)),
        };
        Ok(Movement {
            settled,
            amount: Money::from_minor(self.amount_minor, currency),
            on: self.moved_on,
            at: self.recorded_at.into(),
            by: self.recorded_by_id.into(),
        })
    }
}

impl Stored<crate::Finance> for CashAdvance {
    fn save(&self, before: Option<&Self>, tx: &mut Tx<'_>) -> Result<(), Failure> {
        let row = Row::of(self, tx);
        guard(save_row!(tx, advances, &row, before)?)?;
        if before.is_some_and(|before| before.movements != self.movements) {
            let mine = movements::advance_id.eq(row.id);
            db!(tx, |c| diesel::delete(movements::table.filter(mine)).execute(c))?;
            let all = self.movements.iter().enumerate();
            let rows = all.map(|(n, movement)| MovementRow::of(row.id, n, movement));
            let rows = rows.collect::<Result<Vec<_>, _>>()?;
            insert_all!(tx, movements::table, &rows);
        }
        let known = before.map_or(0, |before| before.reversals.len());
        reversal::add(tx, row.id, known, &self.reversals)
    }
}

/// One advance, if the caller may see it.
pub fn find(reader: &mut Reader<'_>, id: Id<CashAdvance>) -> Result<CashAdvance, Failure> {
    let (sight, key) = (Sight::of(reader), Key::from(id));
    let row: Row = db!(reader, |c| {
        let query = advances::table.filter(advances::id.eq(key)).into_boxed();
        within!(query, sight, cash_advances, "cash_advance").select(Row::as_select()).first(c)
    })?;
    entity(reader, row)
}

/// One advance whoever asks: for the approval engine and for claims that settle it, never for an answer.
pub(crate) fn find_unscoped(reader: &mut Reader<'_>, id: Id<CashAdvance>) -> Result<CashAdvance, Failure> {
    let key = Key::from(id);
    let row: Row =
        db!(reader, |c| advances::table.filter(advances::id.eq(key)).select(Row::as_select()).first(c))?;
    entity(reader, row)
}

/// The number of an advance, whoever asks.
pub(crate) fn number_of(reader: &mut Reader<'_>, id: Id<CashAdvance>) -> Result<String, Failure> {
    let mine = advances::table.filter(advances::id.eq(Key::from(id)));
    Ok(db!(reader, |c| mine.select(advances::number).first(c))?)
}

/// The advances within the caller's sight that somebody got, also by mistake, in the order they were paid out.
pub(super) fn paid_to(reader: &mut Reader<'_>, employee: Key) -> Result<Vec<CashAdvance>, Failure> {
    let sight = Sight::of(reader);
    let rows: Vec<Row> = db!(reader, |c| {
        let undone = reversals::table.select(reversals::advance_id);
        let paid = advances::paid_on.is_not_null().or(advances::id.eq_any(undone));
        let query = advances::table.filter(advances::submitter_id.eq(employee).and(paid)).into_boxed();
        within!(query, sight, cash_advances, "cash_advance")
            .order((advances::paid_on, advances::id))
            .select(Row::as_select())
            .load(c)
    })?;
    rows.into_iter().map(|row| entity(reader, row)).collect()
}

/// The advances of some people that are overdue on a day: whose, and their numbers.
pub(super) fn overdue_of(
    reader: &mut Reader<'_>,
    employees: &[Key],
    on: BusinessDate,
) -> Result<Vec<(Key, String)>, Failure> {
    let overdue = advances::submitter_id
        .eq_any(employees)
        .and(advances::status.eq("approved"))
        .and(advances::paid_on.is_not_null())
        .and(advances::settle_on.lt(on));
    Ok(db!(reader, |c| advances::table
        .filter(overdue)
        .order(advances::id)
        .select((advances::submitter_id, advances::number))
        .load(c))?)
}

/// The advances of some people that were paid out and are not settled: whose, the number, and what is outstanding.
pub(crate) fn outstanding_of(
    reader: &mut Reader<'_>,
    employees: &[Key],
) -> Result<Vec<(Key, String, Money)>, Failure> {
    let open = advances::submitter_id
        .eq_any(employees)
        .and(advances::status.eq("approved"))
        .and(advances::paid_on.is_not_null());
    let rows: Vec<(Key, String, i64, String)> = db!(reader, |c| advances::table
        .filter(open)
        .order(advances::id)
        .select((advances::submitter_id, advances::number, advances::outstanding_minor, advances::currency))
        .load(c))?;
    let read = |(whose, number, minor, currency): (Key, String, i64, String)| {
        let currency: Currency =
            currency.parse().map_err(|_| Failure::corrupt("cash_advances", "currency", whose.0))?;
        Ok((whose, number, Money::from_minor(minor, currency)))
    };
    rows.into_iter().map(read).collect()
}

/// The same as an approver is shown it beside what one of these people asks for.
pub(crate) fn shown_outstanding(all: &[(Key, String, Money)], whose: Key) -> serde_json::Value {
    let mine = all.iter().filter(|(owner, ..)| *owner == whose);
    mine.map(|(_, number, outstanding)| json!({"number": number, "outstanding": outstanding})).collect()
}

/// What other advances hold of a request, in minor units of the book currency: all of those that wait for approval or
/// for their pay-out, and what is outstanding of the rest.
pub(super) fn held_of_request(reader: &mut Reader<'_>, request: Key, but: Key) -> Result<i64, Failure> {
    let others = advances::request_id
        .eq(request)
        .and(advances::id.ne(but))
        .and(advances::status.eq_any(["in_approval", "approved"]));
    let rows: Vec<(Option<BusinessDate>, i64, i64)> = db!(reader, |c| advances::table
        .filter(others)
        .select((advances::paid_on, advances::amount_minor, advances::outstanding_minor))
        .load(c))?;
    let held = |(paid_on, amount, outstanding): (Option<_>, _, _)| paid_on.map_or(amount, |_| outstanding);
    Ok(rows.into_iter().map(held).sum())
}

/// Whether the caller may read an advance, and with it its files.
pub(crate) fn may_read(reader: &mut Reader<'_>, advance: Uuid) -> Result<bool, Failure> {
    let key = Key(advance);
    reader.is_seen_by(Permission::ReadCashAdvances, |reader| {
        let sight = Sight::of(reader);
        Ok(db!(reader, |c| {
            let query = advances::table.filter(advances::id.eq(key)).into_boxed();
            within!(query, sight, cash_advances, "cash_advance").select(advances::id).first::<Key>(c)
        })?)
    })
}

fn entity(reader: &mut Reader<'_>, row: Row) -> Result<CashAdvance, Failure> {
    let corrupt = |column| Failure::corrupt("cash_advances", column, row.id.0);
    let currency: Currency = row.currency.parse().map_err(|_| corrupt("currency"))?;
    let payout = row.payout();
    let columns = StandingColumns { status: row.status, at: row.status_at, reason: row.status_reason };
    let held = file::list_of(reader, CashAdvance::KIND, row.id.0)?;
    let moved: Vec<MovementRow> = db!(reader, |c| movements::table
        .filter(movements::advance_id.eq(row.id))
        .order(movements::position)
        .select(MovementRow::as_select())
        .load(c))?;
    Ok(CashAdvance {
        id: row.id.into(),
        petition: Petition {
            number: row.number,
            creator: row.creator_id.into(),
            creator_employee: row.creator_employee_id.map(Into::into),
            submitter: row.submitter_id.into(),
            created_at: row.created_at.into(),
            standing: columns.standing("cash_advances", row.id)?,
            approval: row.approval_id.map(Into::into),
        },
        content: AdvanceContent {
            department: row.department_id.into(),
            business_date: row.business_date,
            amount: Money::from_minor(row.amount_minor, currency),
            purpose: row.purpose,
            settle_on: row.settle_on,
            request: row.request_id.map(Into::into),
            attachments: held.into_iter().map(|file| Id::from_uuid(file.id.uuid())).collect(),
        },
        payout,
        reversals: reversal::of(reader, row.id, currency)?,
        movements: moved.into_iter().map(|row| row.movement(currency)).collect::<Result<_, _>>()?,
        version: row.version,
    })
}
