//! Many decisions in one call, each with its own result. `[APR-7]`

use super::act;
use crate::spine::{Batch, BatchMode, Can, IfMatch, Problem, UnitOfWork, Valid, View, all_or_none};
use domain::{
    approval::{Action, Approval, ReturnTo},
    spine::{AnyId, Id, Language, Version, perm},
};
use persistence::{
    approval::{self, ApprovalState},
    spine::{Failure, Tx},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

/// Decisions on several approvals.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct DecideApprovals {
    /// 1 to 500 decisions.
    #[validate(length(min = 1, max = 500), nested)]
    #[schema(min_items = 1, max_items = 500)]
    items: Vec<DecisionItem>,
    /// Whether each stands or falls alone, or all together; `partial` if not said.
    #[serde(default)]
    mode: BatchMode,
}

/// What is decided.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum BatchDecision {
    /// Agree.
    Approve,
    /// Refuse for good.
    Reject,
    /// Return to the requester.
    Return,
}

domain::labels! { BatchDecision = "BatchDecision":
    Approve = "approve", "同意", "Approve";
    Reject = "reject", "驳回", "Reject";
    Return = "return", "退回", "Return";
}

/// One decision.
#[derive(Clone, Debug, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct DecisionItem {
    /// Which approval.
    approval_id: AnyId,
    /// The version of the approval that was read: without it a retry could decide the next step unseen.
    #[validate(range(min = 1))]
    #[schema(minimum = 1)]
    version: Version,
    /// The version of the document that was read: `document.version`.
    #[validate(range(min = 1))]
    #[schema(minimum = 1)]
    document_version: Version,
    /// What is decided.
    decision: BatchDecision,
    /// A remark; the reason where it is refused or returned.
    #[validate(length(max = 2000))]
    #[schema(max_length = 2000)]
    note: Option<String>,
}

impl DecisionItem {
    const fn approval(&self) -> Id<Approval> {
        Id::from_uuid(self.approval_id.uuid())
    }
}

/// What became of each decision, in their order.
#[derive(Serialize, ToSchema)]
pub(super) struct DecisionResults {
    /// A result per item.
    #[schema(max_items = 500)]
    data: Vec<DecisionResult>,
}
impl View for DecisionResults {}

/// What became of one decision.
#[derive(Serialize, ToSchema)]
struct DecisionResult {
    /// Which approval.
    approval_id: AnyId,
    /// The status the decision alone would have been answered with.
    #[schema(minimum = 200, maximum = 599)]
    status: u16,
    /// The approval's state afterwards, where it was decided.
    state: Option<ApprovalState>,
    /// The approval's version afterwards, where it was decided.
    version: Option<Version>,
    /// Why not, where it was not decided.
    problem: Option<ItemProblem>,
}

/// Why one item was not done.
#[derive(Serialize, ToSchema)]
#[schema(as = BatchItemProblem)]
struct ItemProblem {
    /// The stable code.
    #[schema(max_length = 100)]
    code: &'static str,
    /// In Chinese.
    #[schema(max_length = 2000)]
    zh: String,
    /// In English.
    #[schema(max_length = 2000)]
    en: String,
    /// The rule that refused.
    #[schema(max_length = 40)]
    rule: Option<String>,
}

/// Decide several approvals at once. `[APR-7]`
///
/// Each item stands or falls alone, and the answer (207) has a result for each; with `mode: atomic` all are decided
/// (200), or none (422) with everything that stands in the way. The version of the document is part of every decision.
#[utoipa::path(post, path = "/api/v1/approvals/batch-decisions")]
pub(super) async fn decide_approvals(
    who: Can<perm::UseApprovals>,
    body: Valid<DecideApprovals>,
    work: UnitOfWork,
) -> Batch<DecisionResults> {
    let mode = body.mode;
    work.batch(who, mode, move |tx| {
        let approvals: Vec<_> = body.items.iter().map(DecisionItem::approval).collect();
        approval::hold(tx, &approvals)?;
        let mut done = Vec::with_capacity(body.items.len());
        for item in &body.items {
            done.push(tx.attempt(|tx| decide(tx, item))?);
        }
        if mode == BatchMode::Atomic {
            all_or_none(&done)?;
        }
        let results = body.items.iter().zip(done);
        Ok(DecisionResults { data: results.map(|(item, decided)| result_of(tx, item, decided)).collect() })
    })
    .await
}

fn result_of(
    tx: &Tx<'_>,
    item: &DecisionItem,
    decided: Result<(ApprovalState, Version), Failure>,
) -> DecisionResult {
    let approval_id = item.approval_id;
    match decided {
        Ok((state, version)) => DecisionResult {
            approval_id,
            status: 200,
            state: Some(state),
            version: Some(version),
            problem: None,
        },
        Err(failure) => {
            let problem = Problem::from(failure);
            let (status, problem) = (problem.status(), Some(problem_of(tx, &problem)));
            DecisionResult { approval_id, status, state: None, version: None, problem }
        }
    }
}

fn decide(tx: &mut Tx<'_>, item: &DecisionItem) -> Result<(ApprovalState, Version), Failure> {
    let id = item.approval();
    let (seen, note) = (item.document_version, item.note.clone());
    let reason = note.clone().unwrap_or_default();
    let action = match item.decision {
        BatchDecision::Approve => Action::Approve,
        BatchDecision::Reject => Action::Reject,
        BatchDecision::Return => Action::Return,
    };
    act(tx, id, Some(IfMatch::of(item.version)), action, |approval, doer, world| match item.decision {
        BatchDecision::Approve => approval.approve(doer.employee, seen, note, world),
        BatchDecision::Reject => approval.reject(doer.employee, seen, reason, world),
        BatchDecision::Return => approval.send_back(doer.employee, seen, ReturnTo::Requester, reason, world),
    })?;
    let after = approval::find(tx, id)?;
    Ok((ApprovalState::of(&after.outcome), after.version))
}

fn problem_of(tx: &Tx<'_>, problem: &Problem) -> ItemProblem {
    let zone = Some(tx.zone());
    let rule = match problem {
        Problem::Refused(refusal) => refusal.citation.as_ref().map(|citation| citation.rule.clone()),
        Problem::Edge { .. } => None,
    };
    let (zh, en) = (problem.detail(Language::Chinese, zone), problem.detail(Language::English, zone));
    ItemProblem { code: problem.code(), zh, en, rule }
}
