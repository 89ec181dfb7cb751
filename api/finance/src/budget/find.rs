//! Showing and listing budgets. `[BUD-1]`

use crate::{
    approval::SubmissionPreview,
    spine::{Can, Format, List, Paged, PathId, Query, Reading, Reply},
};
use domain::{
    finance::budget::{Budget, BudgetState, ScopeLevel},
    spine::{DepartmentId, perm},
};
use persistence::finance::budget::{
    self as budgets, BudgetView, BudgetWorld,
    list::{BudgetFilter, BudgetSummary},
};
use serde::Deserialize;
use utoipa::IntoParams;
use validator::Validate;

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
