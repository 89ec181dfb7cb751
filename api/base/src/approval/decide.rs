//! Approve, reject, return, take back, withdraw. `[APR-3, APR-6]`

use super::act;
use crate::spine::{Can, IfMatch, PathId, Reply, UnitOfWork, Valid};
use domain::{
    approval::{Action, Approval, ContentPart, ReturnTo},
    spine::{Version, perm},
};
use persistence::approval::{self, ApprovalView};
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

/// Agreement.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ApproveDocument {
    /// The version of the document that was read: `document.version`.
    #[validate(range(min = 1))]
    #[schema(minimum = 1)]
    document_version: Version,
    /// A remark.
    #[validate(length(max = 2000))]
    #[schema(max_length = 2000)]
    note: Option<String>,
}

/// Approve. `[APR-3, APR-4, APR-6]`
///
/// Decides every open task the caller holds in the present step. 409 says who has decided already.
#[utoipa::path(post, path = "/api/v1/approvals/{id}/approve")]
pub(super) async fn approve_document(
    who: Can<perm::UseApprovals>,
    id: PathId<Approval>,
    version: IfMatch,
    body: Valid<ApproveDocument>,
    work: UnitOfWork,
) -> Reply<ApprovalView> {
    work.write(who, move |tx| {
        let ApproveDocument { document_version, note } = body.0.clone();
        let acted = act(tx, *id, Some(version), Action::Approve, |approval, doer, world| {
            approval.approve(doer.employee, document_version, note, world)
        })?;
        approval::show(tx, &acted)
    })
    .await
}

/// Refusal for good.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct RejectDocument {
    /// The version of the document that was read: `document.version`.
    #[validate(range(min = 1))]
    #[schema(minimum = 1)]
    document_version: Version,
    /// Why.
    #[validate(length(min = 1, max = 2000))]
    #[schema(min_length = 1, max_length = 2000, example = "不符合报销制度")]
    reason: String,
}

/// Reject for good. `[APR-3]`
#[utoipa::path(post, path = "/api/v1/approvals/{id}/reject")]
pub(super) async fn reject_document(
    who: Can<perm::UseApprovals>,
    id: PathId<Approval>,
    version: IfMatch,
    body: Valid<RejectDocument>,
    work: UnitOfWork,
) -> Reply<ApprovalView> {
    work.write(who, move |tx| {
        let RejectDocument { document_version, reason } = body.0.clone();
        let acted = act(tx, *id, Some(version), Action::Reject, |approval, doer, world| {
            approval.reject(doer.employee, document_version, reason, world)
        })?;
        approval::show(tx, &acted)
    })
    .await
}

/// Sending back.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ReturnDocument {
    /// The version of the document that was read: `document.version`.
    #[validate(range(min = 1))]
    #[schema(minimum = 1)]
    document_version: Version,
    /// Why.
    #[validate(length(min = 1, max = 2000))]
    #[schema(min_length = 1, max_length = 2000, example = "请补充发票")]
    reason: String,
    /// The code of a passed step, one of `returnable_steps`; absent: to the requester.
    #[validate(length(min = 1, max = 60))]
    #[schema(min_length = 1, max_length = 60)]
    to_step: Option<String>,
    /// What the requester is to mend. If nothing else changes, what was decided before this step stands; a change of
    /// amounts, category, beneficiary, budget line or dates is always decided anew. Absent: nothing may change.
    #[serde(default)]
    #[validate(length(max = 8))]
    #[schema(max_items = 8)]
    mend: Vec<ContentPart>,
}

/// Return to the requester or to a passed step. `[APR-3, APR-6]`
///
/// Closes all open tasks of the step; a return to a step opens a new round there.
#[utoipa::path(post, path = "/api/v1/approvals/{id}/return")]
pub(super) async fn return_document(
    who: Can<perm::UseApprovals>,
    id: PathId<Approval>,
    version: IfMatch,
    body: Valid<ReturnDocument>,
    work: UnitOfWork,
) -> Reply<ApprovalView> {
    work.write(who, move |tx| {
        let ReturnDocument { document_version, reason, to_step, mend } = body.0.clone();
        let to = to_step.map_or(ReturnTo::ToMend(mend), ReturnTo::Step);
        let acted = act(tx, *id, Some(version), Action::Return, |approval, doer, world| {
            approval.send_back(doer.employee, document_version, to, reason, world)
        })?;
        approval::show(tx, &acted)
    })
    .await
}

/// Take back one's own approval while nobody has decided after it. `[APR-3]`
#[utoipa::path(post, path = "/api/v1/approvals/{id}/take-back")]
pub(super) async fn take_back_decision(
    who: Can<perm::UseApprovals>,
    id: PathId<Approval>,
    version: IfMatch,
    work: UnitOfWork,
) -> Reply<ApprovalView> {
    work.write(who, move |tx| {
        let acted = act(tx, *id, Some(version), Action::TakeBack, |approval, doer, world| {
            approval.take_back(doer.employee, world)
        })?;
        approval::show(tx, &acted)
    })
    .await
}

/// A remark.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ApprovalRemark {
    /// A remark for those it concerns.
    #[validate(length(max = 2000))]
    #[schema(max_length = 2000)]
    pub(super) note: Option<String>,
}

/// Withdraw a document that one has submitted. `[APR-3, APR-6]`
#[utoipa::path(post, path = "/api/v1/approvals/{id}/withdraw")]
pub(super) async fn withdraw_document(
    who: Can<perm::UseApprovals>,
    id: PathId<Approval>,
    version: IfMatch,
    body: Valid<ApprovalRemark>,
    work: UnitOfWork,
) -> Reply<ApprovalView> {
    work.write(who, move |tx| {
        let ApprovalRemark { note } = body.0.clone();
        let acted = act(tx, *id, Some(version), Action::Withdraw, |approval, doer, world| {
            approval.withdraw(doer.employee, note, world)
        })?;
        approval::show(tx, &acted)
    })
    .await
}
