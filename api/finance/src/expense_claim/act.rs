//! The named actions: state moves through them and nothing else. `[ACT-2]`

use crate::{
    approval::SubmissionPreview,
    spine::{At, Can, Note, PathId, Reading, Reason, Reply, UnitOfWork, Valid, View},
};
use domain::{
    finance::expense_claim::{ExpenseClaim, reduce::LineDecision},
    spine::{Money, perm},
};
use persistence::{
    approval::document,
    finance::{
        budget_line::EffectView,
        expense_claim::{self as claims, ExpenseClaimView, deed},
    },
    spine::Failure,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

/// Submit an expense claim for approval. `[EXP-3, EXP-4, EXP-6]`
///
/// Everything a policy demands is checked, and all that is missing is said at once. From now on the claim
/// holds its invoices: nobody else can be reimbursed for them.
#[utoipa::path(post, path = "/api/v1/expense-claims/{id}/submit")]
pub(super) async fn submit_expense_claim(
    who: Can<perm::SubmitExpenseClaims>,
    at: At<ExpenseClaim>,
    work: UnitOfWork,
) -> Reply<ExpenseClaimView> {
    work.moves(who, at, move |claim, tx| deed::submit(tx, claim)).await
}

/// Withdraw an expense claim that waits for approval. `[APR-3]`
///
/// It may be changed and submitted again; it keeps its invoices until it is voided.
#[utoipa::path(post, path = "/api/v1/expense-claims/{id}/withdraw")]
pub(super) async fn withdraw_expense_claim(
    who: Can<perm::SubmitExpenseClaims>,
    at: At<ExpenseClaim>,
    body: Valid<Note>,
    work: UnitOfWork,
) -> Reply<ExpenseClaimView> {
    work.moves(who, at, move |claim, tx| document::withdraw(tx, &claim, body.note.clone())).await
}

/// What is approved of some lines.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ReduceExpenseClaim {
    /// A decision per line.
    #[validate(length(min = 1, max = 200))]
    #[schema(min_items = 1, max_items = 200)]
    lines: Vec<LineDecisionBody>,
}

/// What is approved of one line.
#[derive(Clone, Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = LineReduction)]
struct LineDecisionBody {
    /// The line, counted from 1.
    #[schema(minimum = 1, maximum = 200)]
    line: usize,
    /// What is approved, from nothing to what is claimed.
    approved: Money,
    /// Why it is less; absent where it is all.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 500, example = "住宿超标")]
    reason: Option<String>,
}

/// Approve less on some lines of an expense claim. `[EXP-14a]`
///
/// By an approver whose task of this claim is open. The claim moves to a new version, so that nobody
/// approves it blindly afterwards.
#[utoipa::path(post, path = "/api/v1/expense-claims/{id}/reduce")]
pub(super) async fn reduce_expense_claim(
    who: Can<perm::UseApprovals>,
    at: At<ExpenseClaim>,
    body: Valid<ReduceExpenseClaim>,
    work: UnitOfWork,
) -> Reply<ExpenseClaimView> {
    work.moves(who, at, move |claim, tx| {
        let decision = |LineDecisionBody { line, approved, reason }| LineDecision { line, approved, reason };
        let decisions: Vec<LineDecision> = body.lines.iter().cloned().map(decision).collect();
        deed::reduce(tx, claim, &decisions)
    })
    .await
}

/// Void an expense claim. `[EXP-9]`
///
/// From draft, returned, rejected or withdrawn. Its number stays taken; its invoices are free again. By who made or
/// submits it; where its submitter has left, by finance.
#[utoipa::path(post, path = "/api/v1/expense-claims/{id}/void")]
pub(super) async fn void_expense_claim(
    who: Can<perm::SubmitExpenseClaims>,
    at: At<ExpenseClaim>,
    body: Valid<Reason>,
    work: UnitOfWork,
) -> Reply<ExpenseClaimView> {
    work.moves(who, at, move |claim, tx| document::void(tx, claim, body.reason.clone())).await
}

/// Revoke an approved expense claim before finance acknowledges it. `[EXP-9]`
#[utoipa::path(post, path = "/api/v1/expense-claims/{id}/revoke")]
pub(super) async fn revoke_expense_claim(
    who: Can<perm::SubmitExpenseClaims>,
    at: At<ExpenseClaim>,
    body: Valid<Reason>,
    work: UnitOfWork,
) -> Reply<ExpenseClaimView> {
    work.moves(who, at, move |claim, tx| deed::revoke(tx, claim, body.reason.clone())).await
}

/// Make the journal entry of an approved expense claim for which none could be made at its approval. `[EXP-9]`
///
/// By the policies in force today: finance has mended there what stood in its way. What still does is said.
#[utoipa::path(post, path = "/api/v1/expense-claims/{id}/prepare")]
pub(super) async fn prepare_expense_claim(
    who: Can<perm::AccountExpenseClaims>,
    at: At<ExpenseClaim>,
    work: UnitOfWork,
) -> Reply<ExpenseClaimView> {
    work.moves(who, at, move |claim, tx| claims::prepare(tx, claim)).await
}

/// Reverse a posted expense claim by a linked counter-document. `[EXP-9]`
///
/// Answers the counter-document, which is ready for the ledger at once. Payments of the claim stop now; it is
/// reversed when the counter-document is posted.
#[utoipa::path(post, path = "/api/v1/expense-claims/{id}/reverse")]
pub(super) async fn reverse_expense_claim(
    who: Can<perm::AccountExpenseClaims>,
    at: At<ExpenseClaim>,
    body: Valid<Reason>,
    work: UnitOfWork,
) -> crate::spine::Created<ExpenseClaimView> {
    work.write(who, move |tx| {
        let claim = at.find(tx)?;
        let counter = deed::reverse(tx, claim, body.reason.clone())?;
        claims::show(tx, counter)
    })
    .await
}

/// What submitting would do, also to the budget.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = BudgetedSubmissionPreview)]
pub(crate) struct BudgetedPreview {
    /// What would be refused, and whom it would meet.
    #[serde(flatten)]
    pub preview: SubmissionPreview,
    /// What the budget would hold for it, line by line.
    #[schema(max_items = 200)]
    pub budget: Vec<EffectView>,
}
impl View for BudgetedPreview {}

/// Preview the approval of an expense claim. `[APR-8]`
///
/// The same code as submitting, without submitting: what would be refused, and whom it would meet.
#[utoipa::path(get, path = "/api/v1/expense-claims/{id}/approval-preview")]
pub(super) async fn preview_expense_claim_approval(
    who: Can<perm::ReadExpenseClaims>,
    id: PathId<ExpenseClaim>,
    reading: Reading,
) -> Reply<BudgetedPreview> {
    reading
        .read(who, move |reader| {
            let claim = claims::find(reader, *id)?;
            let (preview, budget) = claims::preview(reader, &claim)?;
            Ok::<_, Failure>(BudgetedPreview { preview: SubmissionPreview::of(preview), budget })
        })
        .await
}
