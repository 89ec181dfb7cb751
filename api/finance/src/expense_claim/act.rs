//! The named actions: state moves through them and nothing else. `[ACT-2]`

use super::body::GiveReason;
use crate::{
    approval::PreviewFinding,
    spine::{Can, IfMatch, PathId, Reading, Reply, UnitOfWork, Valid, View},
};
use domain::{
    finance::expense_claim::{ExpenseClaim, reduce::LineDecision},
    spine::{Money, Refusal, perm},
};
use persistence::{
    approval::PlanView,
    finance::{
        budget_line::EffectView,
        expense_claim::{self as claims, ExpenseClaimView, Preview, deed},
    },
    spine::{Failure, RefusalView},
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
    id: PathId<ExpenseClaim>,
    version: IfMatch,
    work: UnitOfWork,
) -> Reply<ExpenseClaimView> {
    work.write(who, move |tx| {
        let claim = claims::find(tx, *id)?;
        version.check(claim.version)?;
        let claim = deed::submit(tx, claim)?;
        claims::show(tx, claim)
    })
    .await
}

/// Why it is taken back.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct WithdrawExpenseClaim {
    /// A word to the approvers.
    #[serde(default)]
    #[validate(length(min = 1, max = 500))]
    #[schema(min_length = 1, max_length = 500)]
    note: Option<String>,
}

/// Withdraw an expense claim that waits for approval. `[APR-3]`
///
/// It may be changed and submitted again; it keeps its invoices until it is voided.
#[utoipa::path(post, path = "/api/v1/expense-claims/{id}/withdraw")]
pub(super) async fn withdraw_expense_claim(
    who: Can<perm::SubmitExpenseClaims>,
    id: PathId<ExpenseClaim>,
    version: IfMatch,
    body: Valid<WithdrawExpenseClaim>,
    work: UnitOfWork,
) -> Reply<ExpenseClaimView> {
    work.write(who, move |tx| {
        let claim = claims::find(tx, *id)?;
        version.check(claim.version)?;
        deed::withdraw(tx, claim, body.note.clone())?;
        claims::view(tx, *id)
    })
    .await
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
    id: PathId<ExpenseClaim>,
    version: IfMatch,
    body: Valid<ReduceExpenseClaim>,
    work: UnitOfWork,
) -> Reply<ExpenseClaimView> {
    work.write(who, move |tx| {
        let claim = claims::find(tx, *id)?;
        version.check(claim.version)?;
        let decision = |LineDecisionBody { line, approved, reason }| LineDecision { line, approved, reason };
        let decisions: Vec<LineDecision> = body.lines.iter().cloned().map(decision).collect();
        let claim = deed::reduce(tx, claim, &decisions)?;
        claims::show(tx, claim)
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
    id: PathId<ExpenseClaim>,
    version: IfMatch,
    body: Valid<GiveReason>,
    work: UnitOfWork,
) -> Reply<ExpenseClaimView> {
    work.write(who, move |tx| {
        let claim = claims::find(tx, *id)?;
        version.check(claim.version)?;
        let claim = deed::void(tx, claim, body.reason.clone())?;
        claims::show(tx, claim)
    })
    .await
}

/// Revoke an approved expense claim before finance acknowledges it. `[EXP-9]`
#[utoipa::path(post, path = "/api/v1/expense-claims/{id}/revoke")]
pub(super) async fn revoke_expense_claim(
    who: Can<perm::SubmitExpenseClaims>,
    id: PathId<ExpenseClaim>,
    version: IfMatch,
    body: Valid<GiveReason>,
    work: UnitOfWork,
) -> Reply<ExpenseClaimView> {
    work.write(who, move |tx| {
        let claim = claims::find(tx, *id)?;
        version.check(claim.version)?;
        let claim = deed::revoke(tx, claim, body.reason.clone())?;
        claims::show(tx, claim)
    })
    .await
}

/// Make the journal entry of an approved expense claim for which none could be made at its approval. `[EXP-9]`
///
/// By the policies in force today: finance has mended there what stood in its way. What still does is said.
#[utoipa::path(post, path = "/api/v1/expense-claims/{id}/prepare")]
pub(super) async fn prepare_expense_claim(
    who: Can<perm::AccountExpenseClaims>,
    id: PathId<ExpenseClaim>,
    version: IfMatch,
    work: UnitOfWork,
) -> Reply<ExpenseClaimView> {
    work.write(who, move |tx| {
        let claim = claims::find(tx, *id)?;
        version.check(claim.version)?;
        let claim = claims::prepare(tx, claim)?;
        claims::show(tx, claim)
    })
    .await
}

/// Reverse a posted expense claim by a linked counter-document. `[EXP-9]`
///
/// Answers the counter-document, which is ready for the ledger at once. Payments of the claim stop now; it is
/// reversed when the counter-document is posted.
#[utoipa::path(post, path = "/api/v1/expense-claims/{id}/reverse")]
pub(super) async fn reverse_expense_claim(
    who: Can<perm::AccountExpenseClaims>,
    id: PathId<ExpenseClaim>,
    version: IfMatch,
    body: Valid<GiveReason>,
    work: UnitOfWork,
) -> crate::spine::Created<ExpenseClaimView> {
    work.write(who, move |tx| {
        let claim = claims::find(tx, *id)?;
        version.check(claim.version)?;
        let counter = deed::reverse(tx, claim, body.reason.clone())?;
        claims::show(tx, counter)
    })
    .await
}

/// What submitting would do.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ApprovalPreview {
    /// Whether the document could be submitted as it is.
    submittable: bool,
    /// Why not, if not.
    refusal: Option<RefusalView>,
    /// All that is wrong with it.
    #[schema(max_items = 10000)]
    findings: Vec<PreviewFinding>,
    /// The steps and people it would meet, and why.
    plan: PlanView,
    /// What the budget would hold for it, line by line.
    #[schema(max_items = 200)]
    budget: Vec<EffectView>,
}
impl View for ApprovalPreview {}

/// Preview the approval of an expense claim. `[APR-8]`
///
/// The same code as submitting, without submitting: what would be refused, and whom it would meet.
#[utoipa::path(get, path = "/api/v1/expense-claims/{id}/approval-preview")]
pub(super) async fn preview_expense_claim_approval(
    who: Can<perm::ReadExpenseClaims>,
    id: PathId<ExpenseClaim>,
    reading: Reading,
) -> Reply<ApprovalPreview> {
    reading
        .read(who, move |reader| {
            let claim = claims::find(reader, *id)?;
            let Preview { plan, budget, refused, by_budget } = claims::preview(reader, &claim)?;
            Ok::<_, Failure>(previewed(refused, by_budget, plan, budget))
        })
        .await
}

/// What submitting would do, as it is shown: everything that stands in its way, and the way itself.
pub(crate) fn previewed(
    refused: Option<Refusal>,
    by_budget: Option<Refusal>,
    plan: PlanView,
    budget: Vec<EffectView>,
) -> ApprovalPreview {
    let refusals: Vec<Refusal> = refused.into_iter().chain(by_budget).collect();
    let findings = refusals.iter().flat_map(|refusal| refusal.findings.clone());
    ApprovalPreview {
        submittable: refusals.is_empty(),
        findings: findings.map(PreviewFinding::from).collect(),
        refusal: refusals.first().map(RefusalView::of),
        plan,
        budget,
    }
}
