//! Showing and listing changes. `[BUD-6]`

use crate::{
    approval::SubmissionPreview,
    spine::{Can, List, PathId, Reading, Reply, Wanted},
};
use domain::{finance::budget_change::BudgetChange, spine::perm};
use persistence::finance::budget_change::{
    self as changes, BudgetChangeView,
    list::{BudgetChangeSummary, ChangeFilter},
};

/// List changes of budgets, the newest first. `[BUD-6]`
#[utoipa::path(get, path = "/api/v1/budget-changes")]
pub(super) async fn list_budget_changes(
    who: Can<perm::ReadBudgets>,
    wanted: Wanted<ChangeFilter>,
    reading: Reading,
) -> List<BudgetChangeSummary> {
    reading.list(who, wanted, changes::list::list).await
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
            changes::preview(reader, &change).map(SubmissionPreview::of)
        })
        .await
}
