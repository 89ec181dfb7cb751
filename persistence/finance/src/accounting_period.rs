//! Accounting periods: months in which nothing is posted any more. A month without a row is open. `[BUD-9]`

mod view;

pub use view::{AccountingPeriodView, PeriodFilter, list, view};

use crate::{
    approval::{self, DocumentSummary, SubjectKind, Summaries},
    organisation::unless_taken,
    policy::Shipped,
    schema::accounting_periods as periods,
    shared::BOOKS,
    spine::{Failure, Instant, Key, Master, Part, Reader, Stored, Tx, db, guard, save_row},
};
use diesel::prelude::*;
use domain::{
    approval::{Approval, Seen, Subject},
    finance::{
        accounting_period::{
            AccountingPeriod, MONTH_BEFORE_BOOKS, MONTH_CLOSED, NOT_CLOSED, PeriodState,
            REOPENING_CHAIN_CODE, SHIPPED_REOPENING_CHAIN, check_closing, refuse,
        },
        period::Period,
    },
    spine::{BusinessDate, Entity, Refusal, Timestamp, Version},
};
use serde_json::json;
use std::{collections::HashSet, sync::Arc};
use uuid::Uuid;

/// Months as a kind of master data.
const PERIODS: Master = Master("accounting periods");

/// What this noun brings to its wing.
pub(crate) const NOUN: &[Part] = &[
    &SUBJECT,
    &Shipped::text(REOPENING_CHAIN_CODE, "重新开账审批链", "000 §9.2 五", SHIPPED_REOPENING_CHAIN),
];

/// The chain for opening a month again.
const CHAIN: &str = "period-reopening";

/// Periods as the approval engine knows them.
pub(crate) const SUBJECT: SubjectKind =
    SubjectKind { kind: AccountingPeriod::KIND, settle, summaries, foresee: None, moves: None };

#[derive(Queryable, Selectable, Insertable, AsChangeset, Clone, Debug)]
#[diesel(table_name = periods, treat_none_as_default_value = false, treat_none_as_null = true)]
struct Row {
    id: Key,
    month: String,
    status: String,
    status_at: Instant,
    changed_by_id: Key,
    reason: Option<String>,
    requester_id: Option<Key>,
    approval_id: Option<Key>,
    reopened_until: Option<Instant>,
    version: Version,
}

impl From<&AccountingPeriod> for Row {
    fn from(period: &AccountingPeriod) -> Self {
        let AccountingPeriod { id, month, state, at, by, reason, requester, approval, .. } = period;
        let AccountingPeriod { reopened_until, version, .. } = period;
        Self {
            id: (*id).into(),
            month: month.to_string(),
            status: state.code().to_owned(),
            status_at: (*at).into(),
            changed_by_id: (*by).into(),
            reason: reason.clone(),
            requester_id: requester.map(Into::into),
            approval_id: approval.map(Into::into),
            reopened_until: reopened_until.map(Into::into),
            version: *version,
        }
    }
}

impl TryFrom<Row> for AccountingPeriod {
    type Error = Failure;
    fn try_from(row: Row) -> Result<Self, Failure> {
        let corrupt = |column| Failure::corrupt("accounting_periods", column, row.id.0);
        Ok(Self {
            id: row.id.into(),
            month: row.month.parse().map_err(|_| corrupt("month"))?,
            state: PeriodState::from_code(&row.status).ok_or_else(|| corrupt("status"))?,
            at: row.status_at.into(),
            by: row.changed_by_id.into(),
            requester: row.requester_id.map(Into::into),
            approval: row.approval_id.map(Into::into),
            reason: row.reason,
            reopened_until: row.reopened_until.map(Into::into),
            version: row.version,
        })
    }
}

impl Stored<crate::Finance> for AccountingPeriod {
    const MASTER: Option<Master> = Some(PERIODS);

    fn save(&self, before: Option<&Self>, tx: &mut Tx<'_>) -> Result<(), Failure> {
        let row = Row::from(self);
        guard(unless_taken(save_row!(tx, periods, &row, before), "/month", &row.month)?)
    }
}

/// What is known of months: those that are not open, and the first that was ever closed. What lies before that one
/// was never opened here.
struct Months {
    closed: HashSet<Period>,
    first: Option<Period>,
}

/// The month itself where it is open, else the first one after it that is. `[BUD-9]`
pub fn open_month(reader: &mut Reader<'_>, month: Period) -> Result<Period, Failure> {
    let months = months(reader)?;
    let mut open = months.first.filter(|first| month.first_day() < first.first_day()).unwrap_or(month);
    while months.closed.contains(&open) {
        let Some(next) = open.next() else { break };
        open = next;
    }
    Ok(open)
}

/// The months that are not open. They change a few times a month and every claim asks about them, so they are kept
/// in memory until master data changes.
fn months(reader: &mut Reader<'_>) -> Result<Arc<Months>, Failure> {
    reader.master(PERIODS, "closed months", |reader| {
        let rows: Vec<(Key, String, String)> =
            db!(reader, |c| periods::table.select((periods::id, periods::month, periods::status)).load(c))?;
        let (mut closed, mut first) = (HashSet::new(), None::<Period>);
        for (id, month, status) in rows {
            let month: Period =
                month.parse().map_err(|_| Failure::corrupt("accounting_periods", "month", id.0))?;
            first = first.filter(|first| first.first_day() < month.first_day()).or(Some(month));
            if status != PeriodState::Open.code() {
                closed.insert(month);
            }
        }
        Ok::<_, Failure>(Months { closed, first })
    })
}

/// Refuses to let anything land on a day of a month that is closed, or that lies before the first month of the books here:
/// postings, payments, what is paid back, and what undoes them. The month stays open until the unit of work ends.
pub fn ensure_open(tx: &mut Tx<'_>, day: BusinessDate) -> Result<(), Failure> {
    tx.share(BOOKS)?;
    let month = Period::month_of(day);
    let open = open_month(tx, month)?;
    if open == month {
        return Ok(());
    }
    let is_before = !months(tx)?.closed.contains(&month);
    let code = if is_before { MONTH_BEFORE_BOOKS } else { MONTH_CLOSED };
    Err(refuse(code, month).with("open", open.to_string()).into())
}

/// Refuses where a month of a period is not closed: something may still be posted in it.
pub fn ensure_closed(reader: &mut Reader<'_>, period: Period) -> Result<(), Failure> {
    let months = months(reader)?;
    match period.months().find(|month| !months.closed.contains(month)) {
        Some(open) => Err(refuse(NOT_CLOSED, open).into()),
        None => Ok(()),
    }
}

/// Until when a month of a period stood open again after it was closed first; `None` where no reopening was approved.
pub(super) fn last_open(reader: &mut Reader<'_>, period: Period) -> Result<Option<Timestamp>, Failure> {
    let months: Vec<String> = period.months().map(|month| month.to_string()).collect();
    let rows: Vec<Row> = db!(reader, |c| periods::table
        .filter(periods::month.eq_any(&months))
        .select(Row::as_select())
        .load(c))?;
    let mut last = None;
    for row in rows {
        last = last.max(AccountingPeriod::try_from(row)?.last_open(reader.now()));
    }
    Ok(last)
}

/// The row of a month, if it was ever closed.
pub fn find(reader: &mut Reader<'_>, month: Period) -> Result<Option<AccountingPeriod>, Failure> {
    let row: Option<Row> = db!(reader, |c| periods::table
        .filter(periods::month.eq(month.to_string()))
        .select(Row::as_select())
        .first(c)
        .optional())?;
    row.map(TryInto::try_into).transpose()
}

/// Closes a month. Nothing is posted into it from now on: whoever posts at this moment is waited for first.
pub fn close(tx: &mut Tx<'_>, month: Period) -> Result<AccountingPeriod, Failure> {
    tx.hold_alone(BOOKS)?;
    let known = find(tx, month)?;
    let earlier = match known {
        Some(_) => None,
        None => first_open_behind_the_closed(tx, month)?,
    };
    check_closing(month, earlier, tx.today())?;
    let now = tx.now();
    let change = match known {
        Some(period) => period.close_again(tx.actor(), now)?,
        None => AccountingPeriod::close_first(tx.id(), month, tx.actor(), now),
    };
    tx.apply(change)
}

/// The first month behind the last closed one, where it lies before `month`: months close in their order.
fn first_open_behind_the_closed(reader: &mut Reader<'_>, month: Period) -> Result<Option<Period>, Failure> {
    let last: Option<String> = db!(reader, |c| periods::table
        .filter(periods::month.lt(month.to_string()))
        .select(diesel::dsl::max(periods::month))
        .first(c))?;
    let last: Option<Period> = last.and_then(|last| last.parse().ok());
    Ok(last.and_then(Period::next).filter(|next| *next < month))
}

/// Asks to open a month again.
pub fn ask_to_reopen(tx: &mut Tx<'_>, month: Period, reason: String) -> Result<AccountingPeriod, Failure> {
    let Some(period) = find(tx, month)? else { return Err(refuse(NOT_CLOSED, month).into()) };
    let requester = period.may_reopen(tx.actor())?;
    let department = tx
        .actor()
        .department
        .ok_or_else(|| Refusal::new(domain::finance::accounting_period::NO_REQUESTER))?;
    let subject = Subject {
        kind: AccountingPeriod::KIND.to_owned(),
        document: period.id.uuid(),
        number: month.to_string(),
        submitter: requester,
        creator: requester,
        beneficiary: requester,
        department,
        amount: None,
        business_date: tx.today(),
        fields: serde_json::Map::from_iter([("month".to_owned(), json!(month))]),
        version: period.version + 1,
        seen: Seen::new(),
    };
    let approval = approval::hand_in(tx, None, CHAIN, subject)?;
    let now = tx.now();
    let change = period.ask_to_reopen(reason, approval.id, tx.actor(), now)?;
    tx.apply(change)
}

fn settle(tx: &mut Tx<'_>, approval: &Approval) -> Result<(), Failure> {
    let key = Key(approval.subject.document);
    let row: Row = db!(tx, |c| periods::table.filter(periods::id.eq(key)).select(Row::as_select()).first(c))?;
    let period = AccountingPeriod::try_from(row)?;
    let now = tx.now();
    if let Some(change) = period.settle(&approval.outcome, tx.actor(), now) {
        tx.apply(change)?;
    }
    Ok(())
}

fn summaries(reader: &mut Reader<'_>, documents: &[Uuid]) -> Result<Summaries, Failure> {
    let keys: Vec<Key> = documents.iter().copied().map(Key).collect();
    let rows: Vec<Row> =
        db!(reader, |c| periods::table.filter(periods::id.eq_any(&keys)).select(Row::as_select()).load(c))?;
    let summary = |row: Row| {
        let facts = [("month", json!(row.month)), ("reason", json!(row.reason))];
        let summary = DocumentSummary {
            title: format!("重新开账 {}", row.month),
            state: row.status,
            amount: None,
            href: format!("/api/v1/accounting-periods/{}", row.month),
            facts: facts.into_iter().map(|(name, value)| (name.to_owned(), value)).collect(),
        };
        (row.id.0, summary)
    };
    Ok(rows.into_iter().map(summary).collect())
}
