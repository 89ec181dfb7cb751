//! Showing and listing budgets. `[BUD-1]`

use crate::{
    approval::SubmissionPreview,
    spine::{Can, Column, Exported, Format, Label, List, Paged, PathId, Query, Reading, Reply},
};
use domain::{
    finance::budget::{Budget, BudgetState, ScopeLevel},
    spine::{DepartmentId, Permission, perm},
};
use persistence::finance::budget::{
    self as budgets, BudgetView, BudgetWorld,
    list::{BudgetFilter, BudgetSummary},
};
use serde::Deserialize;
use utoipa::IntoParams;
use validator::Validate;

impl Exported for BudgetSummary {
    const FILE: Label = Label { name: "budgets", zh: "营销预算", en: "Budgets" };
    const PERMISSION: Option<Permission> = Some(Permission::ExportBudgets);
    const COLUMNS: &'static [Column<Self>] = &[
        Column::new("number", "编号", "Number", |budget| (&budget.number).into()),
        Column::new("title", "名称", "Title", |budget| (&budget.title).into()),
        Column::new("fiscal_year", "年度", "Fiscal year", |budget| budget.fiscal_year.into()),
        Column::new("scope", "范围", "Scope", |budget| budget.scope.labels().into()),
        Column::new("region", "区域", "Region", |budget| budget.region.as_ref().into()),
        Column::new("campaign", "活动", "Campaign", |budget| budget.campaign.as_ref().into()),
        Column::new("status", "状态", "Status", |budget| budget.status.labels().into()),
        Column::new("department", "部门", "Department", |budget| (&budget.department.name_zh).into()),
        Column::new("submitter", "编制人", "Compiled by", |budget| (&budget.submitter.name).into()),
        Column::new("currency", "币种", "Currency", |budget| budget.total.currency().code().into()),
        Column::new("total", "总额", "Total", |budget| budget.total.into()),
        Column::new("created_at", "编制时间", "Created at", |budget| budget.created_at.into()),
        Column::new("changed_at", "更新时间", "Changed at", |budget| budget.changed_at.into()),
    ];
}

/// Which budgets are wanted.
#[derive(Clone, Debug, Deserialize, Validate, IntoParams)]
pub(super) struct ListBudgets {
    /// Only of this fiscal year.
    #[validate(range(min = 2000, max = 2999))]
    #[param(minimum = 2000, maximum = 2999, example = 2026)]
    fiscal_year: Option<i32>,
    /// Only in this state.
    #[param(inline)]
    status: Option<BudgetState>,
    /// Only of this scope.
    #[param(inline)]
    scope: Option<ScopeLevel>,
    /// Only of this department.
    department_id: Option<DepartmentId>,
    /// Only where this stands in number or title.
    #[validate(length(min = 1, max = 100))]
    #[param(min_length = 1, max_length = 100)]
    q: Option<String>,
}

/// List budgets, the newest first. `[BUD-1]`
///
/// Those of departments in reach; whoever reaches only their own sees their own department's.
#[utoipa::path(get, path = "/api/v1/budgets")]
pub(super) async fn list_budgets(
    who: Can<perm::ReadBudgets>,
    filter: Query<ListBudgets>,
    format: Format,
    paged: Paged,
    reading: Reading,
) -> List<BudgetSummary> {
    let include_total = paged.include_total;
    let ListBudgets { fiscal_year, status: state, scope, department_id: department, q: text } = filter.0;
    let filter = BudgetFilter { fiscal_year, state, scope, department, text };
    reading
        .list_as(who, format, paged, move |reader, page| {
            budgets::list::list(reader, &filter, page, include_total)
        })
        .await
}

/// Show a budget. `[BUD-1, ACT-1]`
///
/// With what it adds up to, and what the caller may do with it now.
#[utoipa::path(get, path = "/api/v1/budgets/{id}")]
pub(super) async fn show_budget(
    who: Can<perm::ReadBudgets>,
    id: PathId<Budget>,
    reading: Reading,
) -> Reply<BudgetView> {
    reading.read(who, move |reader| budgets::view(reader, *id)).await
}

/// Preview the approval of a budget. `[APR-8]`
///
/// The same code as submitting, without submitting: what would be refused, and whom it would meet.
#[utoipa::path(get, path = "/api/v1/budgets/{id}/approval-preview")]
pub(super) async fn preview_budget_approval(
    who: Can<perm::ReadBudgets>,
    id: PathId<Budget>,
    reading: Reading,
) -> Reply<SubmissionPreview> {
    reading
        .read(who, move |reader| {
            let budget = budgets::find(reader, *id)?;
            let world = BudgetWorld::today(reader)?;
            let refused = budget.check_submission(reader.actor(), world.rules()).err();
            let plan = budgets::preview(reader, &budget, world.rules().currency)?;
            Ok(SubmissionPreview::new(refused.as_ref(), plan))
        })
        .await
}
