//! Showing and listing advances, and what somebody owes. `[INT-4]`

use crate::{
    approval::SubmissionPreview,
    expense_claim::find::ExpenseExplanations,
    spine::{Can, List, PathId, Reading, Reply, Wanted},
};
use domain::{
    finance::cash_advance::CashAdvance,
    spine::{Employee, perm},
};
use persistence::{
    finance::cash_advance::{
        self as advances, CashAdvanceView,
        list::{AdvanceFilter, CashAdvanceSummary},
        statement::{StatementView, statement},
    },
    spine::explanations_of,
};

/// List cash advances. `[INT-4, EXP-14]`
///
/// What the caller may see: their own, those of departments in reach, and those that came to them for approval. The
/// newest first.
#[utoipa::path(get, path = "/api/v1/cash-advances")]
pub(super) async fn list_cash_advances(
    who: Can<perm::ReadCashAdvances>,
    wanted: Wanted<AdvanceFilter>,
    reading: Reading,
) -> List<CashAdvanceSummary> {
    reading.list(who, wanted, advances::list::list).await
}

/// Show a cash advance. `[EXP-14, ACT-1]`
///
/// With its pay-out, what settled it, its journal entries, and what the caller may do with it now.
#[utoipa::path(get, path = "/api/v1/cash-advances/{id}")]
pub(super) async fn show_cash_advance(
    who: Can<perm::ReadCashAdvances>,
    id: PathId<CashAdvance>,
    reading: Reading,
) -> Reply<CashAdvanceView> {
    reading.read(who, move |reader| advances::view(reader, *id)).await
}

/// Explain what was decided automatically about a cash advance. `[REG-6]`
///
/// Also where somebody did what two people should do, because a rule of separation is loosened.
#[utoipa::path(get, path = "/api/v1/cash-advances/{id}/explanations")]
pub(super) async fn list_cash_advance_explanations(
    who: Can<perm::ReadCashAdvances>,
    id: PathId<CashAdvance>,
    reading: Reading,
) -> Reply<ExpenseExplanations> {
    reading
        .read(who, move |reader| {
            let found = advances::find(reader, *id)?;
            Ok(ExpenseExplanations { data: explanations_of(reader, found.id.uuid())? })
        })
        .await
}

/// Preview the approval of a cash advance. `[APR-8]`
///
/// The same code as submitting, without submitting: what would be refused and whom it would meet.
#[utoipa::path(get, path = "/api/v1/cash-advances/{id}/approval-preview")]
pub(super) async fn preview_cash_advance_approval(
    who: Can<perm::ReadCashAdvances>,
    id: PathId<CashAdvance>,
    reading: Reading,
) -> Reply<SubmissionPreview> {
    reading
        .read(who, move |reader| {
            let advance = advances::find(reader, *id)?;
            advances::preview(reader, &advance).map(SubmissionPreview::of)
        })
        .await
}

/// State the cash advances of an employee. `[EXP-14]`
///
/// What was paid out, settled and paid back, day by day, and what is still owed; as far as the caller may see it.
#[utoipa::path(get, path = "/api/v1/employees/{id}/cash-advance-statement")]
pub(super) async fn show_cash_advance_statement(
    who: Can<perm::ReadCashAdvances>,
    id: PathId<Employee>,
    reading: Reading,
) -> Reply<StatementView> {
    reading.read(who, move |reader| statement(reader, *id)).await
}
