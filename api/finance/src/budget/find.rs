//! Showing and listing budgets. `[BUD-1]`

use crate::{
    approval::SubmissionPreview,
    spine::{Can, List, PathId, Reading, Reply, Wanted},
};
use domain::{finance::budget::Budget, spine::perm};
use persistence::finance::budget::{
    self as budgets, BudgetView,
    list::{BudgetFilter, BudgetSummary},
};

/// List budgets, the newest first. `[BUD-1]`
///
/// Those of departments in reach; whoever reaches only their own sees their own department's.
#[utoipa::path(get, path = "/api/v1/budgets")]
pub(super) async fn list_budgets(
    who: Can<perm::ReadBudgets>,
    wanted: Wanted<BudgetFilter>,
    reading: Reading,
) -> List<BudgetSummary> {
    reading.list(who, wanted, budgets::list::list).await
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
            budgets::preview(reader, &budget).map(SubmissionPreview::of)
        })
        .await
}
