//! The entries within the caller's sight: their own, those of people below them, what lies within reach or came to them for
//! approval. `[INC-1, INT-4]`

use super::row::Row;
use crate::{
    duty::list::Whose,
    organisation::{DEPARTMENT, EMPLOYEE, NamedRef, Organisation, PersonRef, Register},
    schema::{incentive_entries, payroll_batch_entries as taken},
    search,
    spine::{
        Cell, Failure, Filter, Key, Page, Reader, Refers, Several, Sight, Slice, View, Where, columns,
        covered, db, narrow, orders, paged,
    },
};
use chrono::NaiveDate;
use diesel::prelude::*;
use domain::{
    incentive_entry::{IncentiveAmount, IncentiveEntry, IncentiveState, IncidentKind},
    payroll_batch::PayrollBatch,
    spine::{AnyId, DepartmentId, EmployeeId, Entity, Id, Timestamp, Version},
};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

/// A reward or a penalty in a list.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = IncentiveEntrySummary)]
pub struct IncentiveEntrySummary {
    /// Its identity.
    pub id: AnyId,
    /// Its number.
    #[schema(max_length = 60, example = "RP-2026-000012")]
    pub number: String,
    /// Where it stands.
    pub status: IncentiveState,
    /// Whom it concerns.
    pub employee: PersonRef,
    /// Where they worked when it was proposed.
    pub department: NamedRef,
    /// What gave rise to it.
    pub incident_kind: IncidentKind,
    /// The day on which it happened.
    pub happened_on: NaiveDate,
    /// What is granted, or taken where it is less than nothing.
    pub amount: IncentiveAmount,
    /// The month it counts in.
    #[schema(max_length = 7, example = "2026-05")]
    pub month: String,
    /// What for.
    #[schema(max_length = 2000)]
    pub grounds: String,
    /// When it was proposed.
    pub proposed_at: Timestamp,
    /// When it last changed.
    pub changed_at: Timestamp,
    /// Its version, for `If-Match`.
    #[schema(minimum = 1)]
    pub version: Version,
}

impl View for IncentiveEntrySummary {
    const REFERS: &'static [Refers] =
        &[Refers::to("department", &DEPARTMENT), Refers::to("employee", &EMPLOYEE)];
}

/// Which entries are wanted, and in what order.
#[derive(Clone, Debug, Default, Deserialize, Validate, IntoParams)]
#[serde(default)]
pub struct IncentiveEntryFilter {
    /// Whose: all that one may see where absent.
    #[param(inline)]
    pub whose: Option<Whose>,
    /// Only these states, separated by commas.
    #[param(inline, example = "confirmed,executed")]
    pub status: Several<IncentiveState>,
    /// Only what such incidents gave rise to, separated by commas.
    #[param(inline, example = "duty,by_hand")]
    pub incident_kind: Several<IncidentKind>,
    /// Only of this person.
    pub employee_id: Option<EmployeeId>,
    /// Only of people of this department.
    pub department_id: Option<DepartmentId>,
    /// Only what counts in this month.
    #[validate(length(min = 7, max = 7))]
    #[param(min_length = 7, max_length = 7, example = "2026-05")]
    pub month: Option<String>,
    /// Only what goes with this batch of the payroll.
    #[param(value_type = Option<AnyId>)]
    pub payroll_batch_id: Option<Id<PayrollBatch>>,
    /// Only what happened on this day or later.
    #[serde(rename = "happened_on[gte]")]
    pub happened_from: Option<NaiveDate>,
    /// Only what happened on this day or before.
    #[serde(rename = "happened_on[lte]")]
    pub happened_to: Option<NaiveDate>,
    /// Only what changed at this instant or later.
    #[serde(rename = "changed_at[gte]")]
    pub changed_from: Option<Timestamp>,
    /// Only what changed before this instant.
    #[serde(rename = "changed_at[lt]")]
    pub changed_before: Option<Timestamp>,
    /// Only where this stands in number, grounds, clause or the name of the person, however that is written or read.
    #[validate(length(min = 1, max = 100))]
    #[param(min_length = 1, max_length = 100, example = "周报")]
    pub q: Option<String>,
    /// The order; a minus turns it round. The newest first where absent.
    #[param(inline)]
    pub sort: IncentiveEntryOrder,
}

impl Filter for IncentiveEntryFilter {}

orders! {
    /// By what entries are ordered.
    pub IncentiveEntryOrder of Row in incentive_entries by id, descending:
    proposed_at = id;
    changed_at;
    happened_on;
}

/// Only what the caller may see.
pub(super) fn within_sight(reader: &mut Reader<'_>, whose: Whose) -> Result<Where, Failure> {
    let sight = Sight::of(reader);
    let own = incentive_entries::employee_id.eq(sight.employee);
    let mut wanted = Where::new();
    if whose == Whose::Mine {
        wanted.also(own);
        return Ok(wanted);
    }
    let line = incentive_entries::employee_id.eq_any(Organisation::below_caller(reader)?);
    if whose == Whose::Line {
        wanted.also(line);
        return Ok(wanted);
    }
    let proposed = incentive_entries::proposed_by_id.eq(sight.user);
    Ok(covered!(sight, incentive_entries, IncentiveEntry::KIND, own.or(line).or(proposed)))
}

/// Entries within the caller's sight.
///
/// # Errors
/// Where the database fails.
pub fn list(
    reader: &mut Reader<'_>,
    filter: &IncentiveEntryFilter,
    page: &Page,
) -> Result<Slice<IncentiveEntrySummary>, Failure> {
    let mut wanted = within_sight(reader, filter.whose.unwrap_or(Whose::All))?;
    narrow!(wanted, incentive_entries, filter;
        status in status, incident_kind in incident_kind, employee_id = employee_id,
        department_id = department_id, month = month, happened_on >= happened_from, happened_on <= happened_to,
        changed_at >= changed_from, changed_at < changed_before);
    if let Some(batch) = filter.payroll_batch_id {
        let gone = taken::table.filter(taken::batch_id.eq(Key::from(batch))).select(taken::entry_id);
        wanted.also(incentive_entries::id.eq_any(gone));
    }
    search!(wanted, filter, incentive_entries::search_text; incentive_entries::employee_id);
    let found = paged!(reader, page, filter.sort, wanted;
        incentive_entries::table => Row::as_select(); |row: &Row| row);
    let register = Register::of(reader)?;
    found.try_map(|row| summary(&register, row))
}

/// At most so many of the caller's own entries that count in a month or may do so, the oldest first.
pub(super) fn own_of_month(
    reader: &mut Reader<'_>,
    month: &str,
    limit: i64,
) -> Result<Vec<IncentiveEntrySummary>, Failure> {
    let mut wanted = within_sight(reader, Whose::Mine)?;
    wanted.also(incentive_entries::month.eq(month.to_owned()));
    wanted.also(incentive_entries::status.ne(IncentiveState::Cancelled.code()));
    let rows: Vec<Row> = db!(reader, |c| incentive_entries::table
        .select(Row::as_select())
        .filter(&wanted)
        .order(incentive_entries::id)
        .limit(limit)
        .load(c))?;
    let register = Register::of(reader)?;
    rows.into_iter().map(|row| summary(&register, row)).collect()
}

fn summary(register: &Register, row: Row) -> Result<IncentiveEntrySummary, Failure> {
    let changed_at = row.changed_at.into();
    let entry = IncentiveEntry::try_from(row)?;
    Ok(IncentiveEntrySummary {
        id: entry.id.uuid().into(),
        number: entry.number,
        status: entry.status.state(),
        employee: register.named(entry.employee)?,
        department: register.placed(entry.department)?,
        incident_kind: entry.incident.kind,
        happened_on: entry.incident.on,
        amount: entry.amount,
        month: entry.month.to_string(),
        grounds: entry.grounds,
        proposed_at: entry.proposed_at,
        changed_at,
        version: entry.version,
    })
}

/// How much an amount is, in its own unit: yuan, points, days of wages, or which honour.
fn figure(amount: &IncentiveAmount) -> Cell<'_> {
    match amount {
        IncentiveAmount::Money { amount } => (*amount).into(),
        IncentiveAmount::Points { points } => (*points).into(),
        IncentiveAmount::WageDays { half_days } => Decimal::new(i64::from(*half_days) * 5, 1).into(),
        IncentiveAmount::Honour { zh, en } => (zh.as_str(), en.as_str()).into(),
    }
}

fn currency(amount: &IncentiveAmount) -> Option<&'static str> {
    match amount {
        IncentiveAmount::Money { amount } => Some(amount.currency().code()),
        _ => None,
    }
}

columns! { IncentiveEntrySummary as "incentive-entries" "奖惩台账" "Rewards and penalties",
    domain::spine::Permission::ExportIncentiveEntries:
    number "单号" "Number";
    employee "员工" "Employee";
    department "部门" "Department";
    status "状态" "Status";
    incident_kind "来源" "Arises from";
    happened_on "发生日期" "Happened on";
    amount_kind "种类" "Kind" = |entry| entry.amount.labels();
    amount "数额" "Amount" = |entry| figure(&entry.amount);
    currency "币种" "Currency" = |entry| currency(&entry.amount);
    month "记入月份" "Month";
    grounds "事由" "Grounds";
    proposed_at "提出时间" "Proposed at";
    changed_at "更新时间" "Changed at";
}
