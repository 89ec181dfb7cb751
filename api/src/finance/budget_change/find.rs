//! Showing and listing changes, and the draws on emergency funds on their own. `[BUD-6, BUD-7]`

use crate::{
    approval::SubmissionPreview,
    spine::{Can, Cell, Column, Exported, Format, Label, List, Paged, PathId, Query, Reading, Reply},
};
use domain::{
    finance::budget_change::{BudgetChange, ChangeKind, ChangeState},
    spine::{DepartmentId, Permission, perm},
};
use persistence::finance::budget_change::{
    self as changes, BudgetChangeView,
    list::{BudgetChangeSummary, ChangeFilter, EmergencyDraw},
};
use serde::Deserialize;
use utoipa::IntoParams;
use validator::Validate;

impl Exported for BudgetChangeSummary {
    const FILE: Label = Label { name: "budget-changes", zh: "预算调整", en: "Budget changes" };
    const PERMISSION: Option<Permission> = Some(Permission::ExportBudgets);
    const COLUMNS: &'static [Column<Self>] = &[
        Column::new("number", "编号", "Number", |change| (&change.number).into()),
        Column::new("kind", "类型", "Kind", |change| {
            let (zh, en) = change.kind.labels();
            Cell::Labelled(zh, en)
        }),
        Column::new("status", "状态", "Status", |change| {
            let (zh, en) = change.status.labels();
            Cell::Labelled(zh, en)
        }),
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
        Column::new("drawn_at", "生效时间", "In effect", |draw| draw.drawn_at.into()),
    ];
}

/// Which changes are wanted.
#[derive(Clone, Debug, Deserialize, Validate, IntoParams)]
pub(super) struct ListBudgetChanges {
    /// Only of this fiscal year.
    #[validate(range(min = 2000, max = 2999))]
    #[param(minimum = 2000, maximum = 2999, example = 2026)]
    fiscal_year: Option<i32>,
    /// Only of this sort.
    #[param(inline)]
    kind: Option<ChangeKind>,
    /// Only in this state.
    #[param(inline)]
    status: Option<ChangeState>,
    /// Only of this department.
    department_id: Option<DepartmentId>,
}

/// List changes of budgets, the newest first. `[BUD-6]`
#[utoipa::path(get, path = "/api/v1/budget-changes")]
pub(super) async fn list_budget_changes(
    who: Can<perm::ReadBudgets>,
    filter: Query<ListBudgetChanges>,
    format: Format,
    paged: Paged,
    reading: Reading,
) -> List<BudgetChangeSummary> {
    let include_total = paged.include_total;
    let ListBudgetChanges { fiscal_year, kind, status: state, department_id: department } = filter.0;
    let filter = ChangeFilter { fiscal_year, kind, state, department };
    reading
        .list_as(who, format, paged, move |reader, page| {
            changes::list::list(reader, &filter, page, include_total)
        })
        .await
}

/// Of which year draws are wanted.
#[derive(Clone, Debug, Deserialize, Validate, IntoParams)]
pub(super) struct ListEmergencyDraws {
    /// Only of this fiscal year.
    #[validate(range(min = 2000, max = 2999))]
    #[param(minimum = 2000, maximum = 2999, example = 2026)]
    fiscal_year: Option<i32>,
}

/// Report the draws on emergency funds that took effect, the newest first. `[BUD-7]`
#[utoipa::path(get, path = "/api/v1/emergency-draws")]
pub(super) async fn list_emergency_draws(
    who: Can<perm::ReadBudgets>,
    filter: Query<ListEmergencyDraws>,
    format: Format,
    paged: Paged,
    reading: Reading,
) -> List<EmergencyDraw> {
    let (include_total, year) = (paged.include_total, filter.fiscal_year);
    reading
        .list_as(who, format, paged, move |reader, page| {
            changes::list::draws(reader, year, page, include_total)
        })
        .await
}

/// Show a change of budgets. `[BUD-6, ACT-1]`
#[utoipa::path(get, path = "/api/v1/budget-changes/{id}")]
pub(super) async fn show_budget_change(
    who: Can<perm::ReadBudgets>,
    id: PathId<BudgetChange>,
    reading: Reading,
) -> Reply<BudgetChangeView> {
    reading.read(who, move |reader| changes::view(reader, *id)).await
}

/// Preview the approval of a change of budgets. `[APR-8]`
///
/// What would be refused, and whom it would meet; nothing is submitted.
#[utoipa::path(get, path = "/api/v1/budget-changes/{id}/approval-preview")]
pub(super) async fn preview_budget_change_approval(
    who: Can<perm::ReadBudgets>,
    id: PathId<BudgetChange>,
    reading: Reading,
) -> Reply<SubmissionPreview> {
    reading
        .read(who, move |reader| {
            let change = changes::find(reader, *id)?;
            let (refused, plan) = changes::preview(reader, &change)?;
            Ok(SubmissionPreview::new(refused.as_ref(), plan))
        })
        .await
}
