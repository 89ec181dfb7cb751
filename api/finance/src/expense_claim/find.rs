//! Showing and listing claims. `[INT-4]`

use crate::spine::{Can, List, PathId, Reading, Reply, View, Wanted};
use domain::{finance::expense_claim::ExpenseClaim, spine::perm};
use persistence::{
    finance::expense_claim::{
        self as claims, ExpenseClaimView,
        list::{ClaimFilter, ExpenseClaimSummary},
    },
    spine::{ExplanationView, explanations_of},
};
use serde::Serialize;
use utoipa::ToSchema;

/// List expense claims. `[INT-4]`
///
/// What the caller may see: their own, those of departments in reach, and those that came to them for approval.
#[utoipa::path(get, path = "/api/v1/expense-claims")]
pub(super) async fn list_expense_claims(
    who: Can<perm::ReadExpenseClaims>,
    wanted: Wanted<ClaimFilter>,
    reading: Reading,
) -> List<ExpenseClaimSummary> {
    reading.list(who, wanted, claims::list::list).await
}

/// Show an expense claim. `[EXP-4, ACT-1]`
///
/// With its lines, invoices, journal entry, payments, and what the caller may do with it now.
#[utoipa::path(get, path = "/api/v1/expense-claims/{id}")]
pub(super) async fn show_expense_claim(
    who: Can<perm::ReadExpenseClaims>,
    id: PathId<ExpenseClaim>,
    reading: Reading,
) -> Reply<ExpenseClaimView> {
    reading.read(who, move |reader| claims::view(reader, *id)).await
}

/// What was decided automatically about a document, and why.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ExpenseExplanations {
    /// Oldest first.
    #[schema(max_items = 1000)]
    pub data: Vec<ExplanationView>,
}
impl View for ExpenseExplanations {}

/// Explain what was decided automatically about an expense claim. `[REG-6]`
///
/// Also where somebody did what two people should do, because a rule of separation is loosened.
#[utoipa::path(get, path = "/api/v1/expense-claims/{id}/explanations")]
pub(super) async fn list_expense_claim_explanations(
    who: Can<perm::ReadExpenseClaims>,
    id: PathId<ExpenseClaim>,
    reading: Reading,
) -> Reply<ExpenseExplanations> {
    reading
        .read(who, move |reader| {
            let found = claims::find(reader, *id)?;
            Ok(ExpenseExplanations { data: explanations_of(reader, found.id.uuid())? })
        })
        .await
}
