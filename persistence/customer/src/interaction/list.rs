//! The interactions within the caller's sight, and what each day came to (客户开发记录表). `[CUS-6; 002 §6 ch.4]`

use super::{
    row::{Row, covered},
    view::{InteractionView, shown},
};
use crate::{
    customer_file::{CustomerRef, view::CustomerColumns},
    organisation::{PersonRef, Register},
    schema::{customers, interactions},
    spine::{Failure, Filter, Key, Page, Reader, Several, Slice, View, columns, db, narrow, orders, paged},
};
use chrono::NaiveDate;
use diesel::prelude::*;
use domain::{
    customer_file::CustomerId,
    interaction::{InteractionKind, InteractionState},
    spine::{BusinessDate, DepartmentId, EmployeeId, Timestamp},
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

/// Which interactions are wanted, and in what order.
#[derive(Clone, Debug, Default, Deserialize, Validate, IntoParams)]
#[serde(default)]
pub struct InteractionFilter {
    /// Only with this customer.
    pub customer_id: Option<CustomerId>,
    /// Only of this employee.
    pub employee_id: Option<EmployeeId>,
    /// Only of this department.
    pub department_id: Option<DepartmentId>,
    /// Only of these kinds, separated by commas.
    #[param(inline, example = "visit,call")]
    pub kind: Several<InteractionKind>,
    /// Only in these states, separated by commas.
    #[param(inline, example = "reported")]
    pub status: Several<InteractionState>,
    /// Only those that count, or that do not.
    pub qualified: Option<bool>,
    /// Only those that took place on this day or later.
    #[serde(rename = "held_on[gte]")]
    pub held_from: Option<NaiveDate>,
    /// Only those that took place on this day or before.
    #[serde(rename = "held_on[lte]")]
    pub held_to: Option<NaiveDate>,
    /// Only what changed at this instant or later.
    #[serde(rename = "changed_at[gte]")]
    pub changed_from: Option<Timestamp>,
    /// Only what changed before this instant.
    #[serde(rename = "changed_at[lt]")]
    pub changed_before: Option<Timestamp>,
    /// The order; a minus turns it round. What was written down last first where absent.
    #[param(inline)]
    pub sort: InteractionOrder,
}

impl Filter for InteractionFilter {}

orders! {
    /// By what interactions are ordered.
    pub InteractionOrder of Row in interactions by id, descending:
    created_at = id;
    changed_at;
}

type Found = (Row, CustomerColumns);

/// Interactions within the caller's sight.
///
/// # Errors
/// Where the database fails.
pub fn list(
    reader: &mut Reader<'_>,
    filter: &InteractionFilter,
    page: &Page,
) -> Result<Slice<InteractionView>, Failure> {
    let mut wanted = covered(reader)?;
    narrow!(wanted, interactions, filter; customer_id = customer_id, employee_id = employee_id,
        department_id = department_id, kind in kind, status in status, is_qualified = qualified,
        held_on >= held_from, held_on <= held_to, changed_at >= changed_from, changed_at < changed_before);
    let found = paged!(reader, page, filter.sort, wanted;
        interactions::table.inner_join(customers::table)
        => (Row::as_select(), (customers::id, customers::number, customers::name));
        |found: &Found| &found.0);
    let register = Register::of(reader)?;
    found.try_map(|(row, customer)| {
        shown(&register, row.interaction(Vec::new())?, CustomerRef::from(customer))
    })
}

/// Every interaction with a customer in the order in which they were written down, whoever asks.
pub(crate) fn all_with(
    reader: &mut Reader<'_>,
    customer: CustomerId,
) -> Result<Vec<InteractionView>, Failure> {
    let key = Key::from(customer);
    let rows: Vec<Found> = db!(reader, |c| interactions::table
        .inner_join(customers::table)
        .filter(interactions::customer_id.eq(key))
        .order(interactions::id)
        .select((Row::as_select(), (customers::id, customers::number, customers::name)))
        .load(c))?;
    let register = Register::of(reader)?;
    let shown =
        |(row, customer): Found| shown(&register, row.interaction(Vec::new())?, CustomerRef::from(customer));
    rows.into_iter().map(shown).collect()
}

columns! { InteractionView as "interactions" "客户跟进" "Interactions", domain::spine::Permission::ExportCustomers:
    customer_number "客户编号" "Customer number" = |one| one.customer.number.as_str();
    customer "客户" "Customer" = |one| one.customer.name.as_str();
    employee "跟进人" "Employee";
    department "部门" "Department";
    kind "类型" "Kind";
    method "拜访方式" "Method" = |one| one.method.map(|method| method.labels());
    status "状态" "Status";
    planned_for "计划时间" "Planned for" = |one| one.plan.as_ref().map(|plan| plan.planned_for);
    purpose "目的" "Purpose" = |one| one.plan.as_ref().map(|plan| plan.purpose.as_str());
    held_at "发生时间" "Took place at" = |one| one.report.as_ref().map(|report| report.held_at);
    minutes "时长（分钟）" "Minutes" = |one| one.report.as_ref().map(|report| report.minutes);
    content "内容" "Content" = |one| one.report.as_ref().map(|report| report.content.as_str());
    needs "客户需求" "Needs" = |one| one.report.as_ref().and_then(|report| report.needs.as_deref());
    next_step "下一步" "Next step" = |one| one.report.as_ref().and_then(|report| report.next_step.as_deref());
    is_qualified "是否有效" "Counts";
}

/// What a day of somebody's interactions came to.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = InteractionDay)]
pub struct InteractionDay {
    /// The day.
    pub day: NaiveDate,
    /// Who.
    pub employee: PersonRef,
    /// How many visits took place.
    #[schema(minimum = 0)]
    pub visits: i64,
    /// How many calls.
    #[schema(minimum = 0)]
    pub calls: i64,
    /// How many letters and messages.
    #[schema(minimum = 0)]
    pub messages: i64,
    /// How many meetings.
    #[schema(minimum = 0)]
    pub meetings: i64,
    /// How many of all count.
    #[schema(minimum = 0)]
    pub qualified: i64,
    /// With how many customers.
    #[schema(minimum = 0)]
    pub customers: i64,
}

impl View for InteractionDay {}

/// Which days are wanted.
#[derive(Clone, Debug, Default, Deserialize, Validate, IntoParams)]
#[serde(default)]
pub struct InteractionDayFilter {
    /// From this day on; today where absent.
    #[serde(rename = "day[gte]")]
    pub from: Option<NaiveDate>,
    /// Up to this day; today where absent. At most 92 days are shown.
    #[serde(rename = "day[lte]")]
    pub to: Option<NaiveDate>,
    /// Only of this employee.
    pub employee_id: Option<EmployeeId>,
    /// Only of this department.
    pub department_id: Option<DepartmentId>,
}

impl Filter for InteractionDayFilter {}

/// At most so many days are summed at once.
const DAYS_MAX: u64 = 92;

/// What each day of each employee came to, within the caller's sight; the latest day first.
///
/// # Errors
/// Where the database fails.
pub fn days(
    reader: &mut Reader<'_>,
    filter: &InteractionDayFilter,
    page: &Page,
) -> Result<Slice<InteractionDay>, Failure> {
    let to = filter.to.unwrap_or_else(|| reader.today());
    let from = filter.from.unwrap_or(to).max(to - chrono::Days::new(DAYS_MAX - 1));
    let mut wanted = covered(reader)?;
    wanted.also(interactions::held_on.between(from, to));
    wanted.also(interactions::status.eq(InteractionState::Reported.code()));
    narrow!(wanted, interactions, filter; employee_id = employee_id, department_id = department_id);
    type Counted = (Option<BusinessDate>, Key, String, bool, i64);
    let by =
        (interactions::held_on, interactions::employee_id, interactions::kind, interactions::is_qualified);
    let counted: Vec<Counted> = db!(reader, |c| interactions::table
        .filter(&wanted)
        .group_by(by)
        .select((by.0, by.1, by.2, by.3, diesel::dsl::count_star()))
        .load(c))?;
    type Met = (Option<BusinessDate>, Key, i64);
    let with = diesel::dsl::count(interactions::customer_id).aggregate_distinct();
    let met: Vec<Met> = db!(reader, |c| interactions::table
        .filter(&wanted)
        .group_by((by.0, by.1))
        .select((by.0, by.1, with))
        .load(c))?;
    let register = Register::of(reader)?;
    let mut days: BTreeMap<(std::cmp::Reverse<BusinessDate>, String), InteractionDay> = BTreeMap::new();
    for (day, employee, customers) in met {
        let (Some(day), employee) = (day, register.named(employee.into())?) else { continue };
        let key = (std::cmp::Reverse(day), employee.number.clone());
        let (visits, calls, messages, meetings, qualified) = (0, 0, 0, 0, 0);
        days.insert(
            key,
            InteractionDay { day, employee, visits, calls, messages, meetings, qualified, customers },
        );
    }
    for (day, employee, kind, is_qualified, count) in counted {
        let (Some(day), number) = (day, register.named(employee.into())?.number) else { continue };
        let Some(row) = days.get_mut(&(std::cmp::Reverse(day), number)) else { continue };
        row.count(InteractionKind::from_code(&kind), is_qualified, count);
    }
    Ok(Slice::of(days.into_values().collect(), page))
}

impl InteractionDay {
    fn count(&mut self, kind: Option<InteractionKind>, is_qualified: bool, count: i64) {
        match kind {
            Some(InteractionKind::Visit) => self.visits += count,
            Some(InteractionKind::Call) => self.calls += count,
            Some(InteractionKind::Mail | InteractionKind::Message) => self.messages += count,
            Some(InteractionKind::Meeting) => self.meetings += count,
            None => {}
        }
        if is_qualified {
            self.qualified += count;
        }
    }
}

columns! { InteractionDay as "interaction-days" "客户开发日汇总" "Interactions by day", domain::spine::Permission::ExportCustomers:
    day "日期" "Day";
    employee "员工" "Employee";
    visits "拜访" "Visits";
    calls "电话" "Calls";
    messages "信函与消息" "Letters and messages";
    meetings "会议" "Meetings";
    qualified "有效跟进" "Qualified";
    customers "客户数" "Customers";
}
