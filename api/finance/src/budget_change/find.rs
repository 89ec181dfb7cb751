//! Showing and listing changes. `[BUD-6]`

use crate::{
    approval::SubmissionPreview,
    spine::{Can, Format, List, Paged, PathId, Query, Reading, Reply},
};
use domain::{
    finance::budget_change::{BudgetChange, ChangeKind, ChangeState},
    spine::{DepartmentId, perm},
};
use persistence::finance::budget_change::{
    self as changes, BudgetChangeView,
    list::{BudgetChangeSummary, ChangeFilter},
};
use serde::Deserialize;
use utoipa::IntoParams;
use validator::Validate;

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
