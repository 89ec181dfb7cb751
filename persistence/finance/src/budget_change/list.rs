//! Lists of changes, and the report of emergency draws on its own. `[BUD-6, BUD-7]`

use super::give_back;
use crate::{
    finance::budget_change::BUDGET_CHANGE,
    organisation::{DEPARTMENT, EMPLOYEE, NamedRef, PersonRef, Register},
    schema::budget_changes as changes,
    search,
    spine::{
        Amount, Amounts, Choice, Failure, Filter, Instant, Key, Order, Page, Reader, Refers, Several, Sight,
        Slice, View, columns, covered, narrow, orders, paged,
    },
};
use chrono::NaiveDate;
use diesel::prelude::*;
use domain::{
    finance::budget_change::{ChangeKind, ChangeState},
    spine::{AnyId, Currency, DepartmentId, EmployeeId, Money, Timestamp, Version},
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

/// A change in a list.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = BudgetChangeSummary)]
pub struct BudgetChangeSummary {
    /// Its identity.
    pub id: AnyId,
    /// Its number.
    #[schema(max_length = 60, example = "BC-2026-000012")]
    pub number: String,
    /// What sort of change it is.
    pub kind: ChangeKind,
    /// Where it stands.
    pub status: ChangeState,
    /// Since when it stands there; null for a draft. Of what is in effect: since when.
    pub status_at: Option<Timestamp>,
    /// The fiscal year of its lines.
    #[schema(minimum = 2000, maximum = 2999)]
    pub fiscal_year: i32,
    /// In whose name it is asked for.
    pub department: NamedRef,
    /// Who answers for it.
    pub submitter: PersonRef,
    /// Why.
    #[schema(max_length = 2000)]
    pub reason: String,
    /// The event that a draw answers.
    #[schema(max_length = 500)]
    pub event: Option<String>,
    /// The day of that event.
    pub event_on: Option<NaiveDate>,
    /// The draw of which it gives back what nobody needed.
    pub gives_back_id: Option<AnyId>,
    /// How much moves in all.
    pub total: Money,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it last changed.
    pub changed_at: Timestamp,
    /// Its version, for `If-Match`.
    #[schema(minimum = 1)]
    pub version: Version,
}

impl View for BudgetChangeSummary {
    const REFERS: &'static [Refers] = &[
        Refers::to("gives_back", &BUDGET_CHANGE).by("gives_back_id"),
        Refers::to("department", &DEPARTMENT),
        Refers::to("submitter", &EMPLOYEE),
    ];
}

/// Which changes are wanted, and in what order.
#[derive(Clone, Debug, Default, Deserialize, Validate, IntoParams)]
#[serde(default)]
pub struct ChangeFilter {
    /// Only of this fiscal year.
    #[validate(range(min = 2000, max = 2999))]
    #[param(minimum = 2000, maximum = 2999, example = 2026)]
    pub fiscal_year: Option<i32>,
    /// Only of these sorts, separated by commas.
    #[param(inline, example = "adjustment")]
    pub kind: Several<ChangeKind>,
    /// Only these states, separated by commas.
    #[param(inline, example = "in_approval,effective")]
    pub status: Several<ChangeState>,
    /// Only of this department.
    pub department_id: Option<DepartmentId>,
    /// Only of this submitter.
    pub submitter_id: Option<EmployeeId>,
    /// Only with at least this total, in its own currency.
    #[serde(rename = "total[gte]")]
    #[param(value_type = Option<String>, max_length = 20, example = "1000.00")]
    pub total_from: Option<Amount>,
    /// Only with at most this total, in its own currency.
    #[serde(rename = "total[lte]")]
    #[param(value_type = Option<String>, max_length = 20, example = "5000.00")]
    pub total_to: Option<Amount>,
    /// Only where it moves money of this currency.
    #[param(inline)]
    pub total_currency: Option<Currency>,
    /// Only what was made at this instant or later.
    #[serde(rename = "created_at[gte]")]
    pub created_from: Option<Timestamp>,
    /// Only what was made before this instant.
    #[serde(rename = "created_at[lt]")]
    pub created_before: Option<Timestamp>,
    /// Only what changed at this instant or later.
    #[serde(rename = "changed_at[gte]")]
    pub changed_from: Option<Timestamp>,
    /// Only what changed before this instant.
    #[serde(rename = "changed_at[lt]")]
    pub changed_before: Option<Timestamp>,
    /// Only where this stands in number, reason, event or the name of who asks, however that is read.
    #[validate(length(min = 1, max = 100))]
    #[param(min_length = 1, max_length = 100, example = "展会")]
    pub q: Option<String>,
    /// The order; a minus turns it round. The newest first where absent.
    #[param(inline)]
    pub sort: ChangeOrder,
}

impl ChangeFilter {
    fn total(&self) -> Amounts<'_> {
        let (from, to) = (self.total_from.as_ref(), self.total_to.as_ref());
        Amounts { name: "total", from, to, currency: self.total_currency }
    }
}

impl Filter for ChangeFilter {
    fn amounts(&self) -> Vec<Amounts<'_>> {
        vec![self.total()]
    }
}

orders! {
    /// By what changes are ordered.
    pub ChangeOrder of SummaryRow in changes by id, descending:
    created_at = id;
    changed_at;
    total = total_minor;
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = changes)]
struct SummaryRow {
    id: Key,
    number: String,
    kind: String,
    status: String,
    status_at: Option<Instant>,
    fiscal_year: i32,
    department_id: Key,
    submitter_id: Key,
    reason: String,
    event: Option<String>,
    event_on: Option<NaiveDate>,
    gives_back_id: Option<Key>,
    currency: String,
    total_minor: i64,
    created_at: Instant,
    changed_at: Instant,
    version: Version,
}

/// A page of changes within the caller's sight.
pub fn list(
    reader: &mut Reader<'_>,
    filter: &ChangeFilter,
    page: &Page,
) -> Result<Slice<BudgetChangeSummary>, Failure> {
    let mut wanted = covered!(Sight::of_concerned(reader), budget_changes, "budget_change");
    narrow!(wanted, changes, filter;
        fiscal_year = fiscal_year, kind in kind, status in status, department_id = department_id,
        submitter_id = submitter_id, (total_minor, currency) within total, created_at >= created_from,
        created_at < created_before, changed_at >= changed_from, changed_at < changed_before);
    search!(wanted, filter, changes::search_text; changes::submitter_id);
    let found = paged!(reader, page, filter.sort, wanted;
        changes::table => SummaryRow::as_select(); |row: &SummaryRow| row);
    let register = Register::of(reader)?;
    found.try_map(|row| summary(&register, row))
}

fn summary(register: &Register, row: SummaryRow) -> Result<BudgetChangeSummary, Failure> {
    let corrupt = |column| Failure::corrupt("budget_changes", column, row.id.0);
    let currency = row.currency.parse().map_err(|_| corrupt("currency"))?;
    Ok(BudgetChangeSummary {
        id: row.id.into(),
        kind: ChangeKind::from_code(&row.kind).ok_or_else(|| corrupt("kind"))?,
        status: ChangeState::from_code(&row.status).ok_or_else(|| corrupt("status"))?,
        status_at: row.status_at.map(Into::into),
        total: Money::from_minor(row.total_minor, currency),
        number: row.number,
        fiscal_year: row.fiscal_year,
        department: register.placed(row.department_id.into())?,
        submitter: register.named(row.submitter_id.into())?,
        reason: row.reason,
        event: row.event,
        event_on: row.event_on,
        gives_back_id: row.gives_back_id.map(Into::into),
        created_at: row.created_at.into(),
        changed_at: row.changed_at.into(),
        version: row.version,
    })
}

/// A draw on an emergency fund that took effect. `[BUD-7]`
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct EmergencyDraw {
    /// The change that made it.
    pub change_id: AnyId,
    /// Its number.
    #[schema(max_length = 60, example = "BC-2026-000012")]
    pub number: String,
    /// The fiscal year.
    #[schema(minimum = 2000, maximum = 2999)]
    pub fiscal_year: i32,
    /// The event it answered.
    #[schema(max_length = 500)]
    pub event: String,
    /// The day of that event.
    pub event_on: Option<NaiveDate>,
    /// Why.
    #[schema(max_length = 2000)]
    pub reason: String,
    /// In whose name.
    pub department: NamedRef,
    /// Who asked for it.
    pub submitter: PersonRef,
    /// How much was drawn.
    pub amount: Money,
    /// What was given back of it.
    pub given_back: Money,
    /// When it took effect.
    pub drawn_at: Option<Timestamp>,
}

impl View for EmergencyDraw {
    const REFERS: &'static [Refers] =
        &[Refers::to("department", &DEPARTMENT), Refers::to("submitter", &EMPLOYEE)];
}

/// Which draws are wanted, and in what order.
#[derive(Clone, Debug, Default, Deserialize, Validate, IntoParams)]
#[serde(default)]
pub struct DrawFilter {
    /// Only of this fiscal year.
    #[validate(range(min = 2000, max = 2999))]
    #[param(minimum = 2000, maximum = 2999, example = 2026)]
    pub fiscal_year: Option<i32>,
    /// Only of this department.
    pub department_id: Option<DepartmentId>,
    /// Only of this submitter.
    pub submitter_id: Option<EmployeeId>,
    /// Only with at least this amount, in its own currency.
    #[serde(rename = "amount[gte]")]
    #[param(value_type = Option<String>, max_length = 20, example = "1000.00")]
    pub amount_from: Option<Amount>,
    /// Only with at most this amount, in its own currency.
    #[serde(rename = "amount[lte]")]
    #[param(value_type = Option<String>, max_length = 20, example = "5000.00")]
    pub amount_to: Option<Amount>,
    /// Only where it was drawn in this currency.
    #[param(inline)]
    pub amount_currency: Option<Currency>,
    /// Only where this stands in number, event, reason or the name of who asked, however that is read.
    #[validate(length(min = 1, max = 100))]
    #[param(min_length = 1, max_length = 100, example = "展会")]
    pub q: Option<String>,
    /// The order; a minus turns it round. The newest first where absent.
    #[param(inline)]
    pub sort: DrawOrder,
}

impl DrawFilter {
    /// The changes that these draws are.
    fn changes(&self) -> ChangeFilter {
        let Self { fiscal_year, department_id, submitter_id, .. } = *self;
        ChangeFilter {
            fiscal_year,
            kind: Several(vec![ChangeKind::EmergencyDraw]),
            status: Several(vec![ChangeState::Effective]),
            department_id,
            submitter_id,
            total_from: self.amount_from.clone(),
            total_to: self.amount_to.clone(),
            total_currency: self.amount_currency,
            q: self.q.clone(),
            sort: self.sort.of_changes(),
            ..ChangeFilter::default()
        }
    }
    fn amount(&self) -> Amounts<'_> {
        let (from, to) = (self.amount_from.as_ref(), self.amount_to.as_ref());
        Amounts { name: "amount", from, to, currency: self.amount_currency }
    }
}

impl Filter for DrawFilter {
    fn amounts(&self) -> Vec<Amounts<'_>> {
        vec![self.amount()]
    }
}

orders! {
    /// By what draws are ordered.
    pub DrawOrder of SummaryRow in changes by id, descending:
    created_at = id;
    amount = total_minor;
}

impl DrawOrder {
    /// The order of the changes that these draws are.
    fn of_changes(self) -> ChangeOrder {
        let Choice { place, descending } = self.choice();
        let code = if place == 0 { "created_at" } else { "total" };
        ChangeOrder::named(code, descending).unwrap_or_default()
    }
}

/// A page of the draws that took effect.
pub fn draws(
    reader: &mut Reader<'_>,
    filter: &DrawFilter,
    page: &Page,
) -> Result<Slice<EmergencyDraw>, Failure> {
    let found = list(reader, &filter.changes(), page)?;
    let keys: Vec<Key> = found.data.iter().map(|change| Key(change.id.uuid())).collect();
    let given_back = give_back::of_draws(reader, &keys)?;
    Ok(found.map(|change| EmergencyDraw {
        given_back: Money::from_minor(
            given_back.get(&Key(change.id.uuid())).copied().unwrap_or(0),
            change.total.currency(),
        ),
        change_id: change.id,
        number: change.number,
        fiscal_year: change.fiscal_year,
        event: change.event.unwrap_or_default(),
        event_on: change.event_on,
        reason: change.reason,
        department: change.department,
        submitter: change.submitter,
        amount: change.total,
        drawn_at: change.status_at,
    }))
}

columns! { BudgetChangeSummary as "budget-changes" "预算调整" "Budget changes", domain::spine::Permission::ExportBudgets:
    number "编号" "Number";
    kind "类型" "Kind";
    status "状态" "Status";
    fiscal_year "年度" "Fiscal year";
    department "部门" "Department";
    submitter "申请人" "Asked by";
    reason "原因" "Reason";
    event "应对事件" "Event";
    currency "币种" "Currency" = |change| change.total.currency().code();
    total "金额" "Amount";
    created_at "申请时间" "Created at";
    changed_at "更新时间" "Changed at";
}

columns! { EmergencyDraw as "emergency-draws" "应急资金动用" "Emergency draws", domain::spine::Permission::ExportBudgets:
    number "编号" "Number";
    fiscal_year "年度" "Fiscal year";
    event "应对事件" "Event";
    event_on "事件日期" "Event on";
    reason "原因" "Reason";
    department "部门" "Department";
    submitter "申请人" "Asked by";
    currency "币种" "Currency" = |draw| draw.amount.currency().code();
    amount "动用金额" "Amount";
    given_back "退回金额" "Given back";
    drawn_at "生效时间" "In effect";
}
