//! Showing and listing requests. `[INT-4]`

use crate::{
    approval::SubmissionPreview,
    expense_claim::act::BudgetedPreview,
    spine::{Can, List, PathId, Reading, Reply, Wanted},
};
use domain::{finance::expense_request::ExpenseRequest, spine::perm};
use persistence::{
    finance::expense_request::{
        self as requests, ExpenseRequestView,
        list::{ExpenseRequestSummary, RequestFilter},
        revision::{HistoryView, history},
    },
    spine::Failure,
};

/// List expense requests. `[INT-4, EXP-2]`
///
/// What the caller may see: their own, those of departments in reach, and those that came to them for approval.
#[utoipa::path(get, path = "/api/v1/expense-requests")]
pub(super) async fn list_expense_requests(
    who: Can<perm::ReadExpenseRequests>,
    wanted: Wanted<RequestFilter>,
    reading: Reading,
) -> List<ExpenseRequestSummary> {
    reading.list(who, wanted, requests::list::list).await
}

/// Show an expense request. `[EXP-2, ACT-1]`
///
/// With its lines, how far they are used and by which claims, what it holds of the budget, and what the caller may
/// do with it now.
#[utoipa::path(get, path = "/api/v1/expense-requests/{id}")]
pub(super) async fn show_expense_request(
    who: Can<perm::ReadExpenseRequests>,
    id: PathId<ExpenseRequest>,
    reading: Reading,
) -> Reply<ExpenseRequestView> {
    reading.read(who, move |reader| requests::view(reader, *id)).await
}

/// List the approved versions of an expense request. `[EXP-5]`
///
/// What it said when it was approved, and after each amendment.
#[utoipa::path(get, path = "/api/v1/expense-requests/{id}/revisions")]
pub(super) async fn list_expense_request_revisions(
    who: Can<perm::ReadExpenseRequests>,
    id: PathId<ExpenseRequest>,
    reading: Reading,
) -> Reply<HistoryView> {
    reading.read(who, move |reader| history(reader, *id)).await
}

/// Preview the approval of an expense request. `[APR-8]`
///
/// The same code as submitting, without submitting: what would be refused, what the budget says, whom it would
/// meet.
#[utoipa::path(get, path = "/api/v1/expense-requests/{id}/approval-preview")]
pub(super) async fn preview_expense_request_approval(
    who: Can<perm::ReadExpenseRequests>,
    id: PathId<ExpenseRequest>,
    reading: Reading,
) -> Reply<BudgetedPreview> {
    reading
        .read(who, move |reader| {
            let request = requests::find(reader, *id)?;
            let (preview, budget) = requests::preview(reader, &request)?;
            Ok::<_, Failure>(BudgetedPreview { preview: SubmissionPreview::of(preview), budget })
        })
        .await
}
