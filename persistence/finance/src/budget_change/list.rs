//! Lists of changes, and the report of emergency draws on its own. `[BUD-6, BUD-7]`

use super::give_back;
use crate::spine::{Column, Exported, Label};
use crate::{
    finance::{
        budget_change::BUDGET_CHANGE,
        newest::{Placed, newest},
    },
    organisation::{DEPARTMENT, EMPLOYEE, NamedRef, PersonRef},
    schema::budget_changes as changes,
    spine::{Failure, Instant, Key, Page, Reader, Refers, Sight, Slice, View, db, keyset, within},
};
use chrono::NaiveDate;
use diesel::prelude::*;
use domain::spine::Permission;
use domain::{
    finance::budget_change::{ChangeKind, ChangeState},
    spine::{AnyId, DepartmentId, Money, Timestamp, Version},
};
use serde::Serialize;
use utoipa::ToSchema;

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

/// Which changes are wanted.
#[derive(Clone, Debug, Default)]
pub struct ChangeFilter {
    /// Only of this fiscal year.
    pub fiscal_year: Option<i32>,
    /// Only of this sort.
    pub kind: Option<ChangeKind>,
    /// Only in this state.
    pub state: Option<ChangeState>,
    /// Only of this department.
    pub department: Option<DepartmentId>,
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

macro_rules! filtered {
    ($query:expr, $filter:expr, $sight:expr) => {{
        let filter = $filter;
        let mut query = within!($query.into_boxed(), $sight, budget_changes, "budget_change");
        if let Some(year) = filter.fiscal_year {
            query = query.filter(changes::fiscal_year.eq(year));
        }
        if let Some(kind) = filter.kind {
            query = query.filter(changes::kind.eq(kind.code()));
        }
        if let Some(state) = filter.state {
            query = query.filter(changes::status.eq(state.code()));
        }
        if let Some(department) = filter.department {
            query = query.filter(changes::department_id.eq(Key::from(department)));
        }
        query
    }};
}

/// A page of changes within the caller's sight, the newest first.
pub fn list(
    reader: &mut Reader<'_>,
    filter: &ChangeFilter,
    page: &Page<i64>,
    include_total: bool,
) -> Result<Slice<BudgetChangeSummary, i64>, Failure> {
    let sight = Sight::of_concerned(reader);
    let (rows, total) =
        newest!(reader, changes as SummaryRow, page, include_total, |query| filtered!(query, filter, sight));
    let views = rows.into_iter().map(summary).collect::<Result<Vec<_>, _>>()?;
    Ok(Slice { total, ..Slice::cut(views, page.limit, |view| (0, view.id.uuid())) })
}

fn summary((row, place, submitter): Placed<SummaryRow>) -> Result<BudgetChangeSummary, Failure> {
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
        department: place.into(),
        submitter: submitter.into(),
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

/// A page of the draws that took effect, the newest first.
pub fn draws(
    reader: &mut Reader<'_>,
    fiscal_year: Option<i32>,
    page: &Page<i64>,
    include_total: bool,
) -> Result<Slice<EmergencyDraw, i64>, Failure> {
    let filter = ChangeFilter {
        fiscal_year,
        kind: Some(ChangeKind::EmergencyDraw),
        state: Some(ChangeState::Effective),
        department: None,
    };
    let found = list(reader, &filter, page, include_total)?;
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

impl Exported for BudgetChangeSummary {
    const FILE: Label = Label { name: "budget-changes", zh: "预算调整", en: "Budget changes" };
    const PERMISSION: Option<Permission> = Some(Permission::ExportBudgets);
    const COLUMNS: &'static [Column<Self>] = &[
        Column::new("number", "编号", "Number", |change| (&change.number).into()),
        Column::new("kind", "类型", "Kind", |change| change.kind.labels().into()),
        Column::new("status", "状态", "Status", |change| change.status.labels().into()),
        Column::new("fiscal_year", "年度", "Fiscal year", |change| change.fiscal_year.into()),
        Column::new("department", "部门", "Department", |change| (&change.department.name_zh).into()),
        Column::new("submitter", "申请人", "Asked by", |change| (&change.submitter.name).into()),
        Column::new("reason", "原因", "Reason", |change| (&change.reason).into()),
        Column::new("event", "应对事件", "Event", |change| change.event.as_ref().into()),
        Column::new("currency", "币种", "Currency", |change| change.total.currency().code().into()),
        Column::new("total", "金额", "Amount", |change| change.total.into()),
        Column::new("created_at", "申请时间", "Created at", |change| change.created_at.into()),
    ];
}

impl Exported for EmergencyDraw {
    const FILE: Label = Label { name: "emergency-draws", zh: "应急资金动用", en: "Emergency draws" };
    const PERMISSION: Option<Permission> = Some(Permission::ExportBudgets);
    const COLUMNS: &'static [Column<Self>] = &[
        Column::new("number", "编号", "Number", |draw| (&draw.number).into()),
        Column::new("fiscal_year", "年度", "Fiscal year", |draw| draw.fiscal_year.into()),
        Column::new("event", "应对事件", "Event", |draw| (&draw.event).into()),
        Column::new("event_on", "事件日期", "Event on", |draw| draw.event_on.into()),
        Column::new("reason", "原因", "Reason", |draw| (&draw.reason).into()),
        Column::new("department", "部门", "Department", |draw| (&draw.department.name_zh).into()),
        Column::new("submitter", "申请人", "Asked by", |draw| (&draw.submitter.name).into()),
        Column::new("currency", "币种", "Currency", |draw| draw.amount.currency().code().into()),
        Column::new("amount", "动用金额", "Amount", |draw| draw.amount.into()),
        Column::new("given_back", "退回金额", "Given back", |draw| draw.given_back.into()),
        Column::new("drawn_at", "生效时间", "In effect", |draw| draw.drawn_at.into()),
    ];
}
