//! Remind, comment, copy: what moves no step. None of it asks for a version; nothing is lost by it. `[APR-3]`

use super::{act, decide::ApprovalRemark};
use crate::spine::{Can, PathId, Reply, UnitOfWork, Valid};
use domain::{
    approval::{Action, Approval},
    spine::{EmployeeId, perm},
};
use persistence::approval::{self, ApprovalView};
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

/// Remind whoever it waits for. `[APR-3]`
///
/// Only the submitter; 429 says when the next reminder is possible.
#[utoipa::path(post, path = "/api/v1/approvals/{id}/remind")]
pub(super) async fn remind_approvers(
    who: Can<perm::UseApprovals>,
    id: PathId<Approval>,
    body: Valid<ApprovalRemark>,
    work: UnitOfWork,
) -> Reply<ApprovalView> {
    work.write(who, move |tx| {
        let ApprovalRemark { note } = body.0.clone();
        let acted = act(tx, *id, None, Action::Remind, |approval, doer, world| {
            approval.remind(doer.employee, note, world)
        })?;
        approval::show(tx, &acted)
    })
    .await
}

/// A comment.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct CommentOnApproval {
    /// What is said.
    #[validate(length(min = 1, max = 2000))]
    #[schema(min_length = 1, max_length = 2000, example = "请补充客户名单")]
    text: String,
}

/// Comment, for everybody who takes part to read. `[APR-3]`
#[utoipa::path(post, path = "/api/v1/approvals/{id}/comment")]
pub(super) async fn comment_on_approval(
    who: Can<perm::UseApprovals>,
    id: PathId<Approval>,
    body: Valid<CommentOnApproval>,
    work: UnitOfWork,
) -> Reply<ApprovalView> {
    work.write(who, move |tx| {
        let CommentOnApproval { text } = body.0.clone();
        let found = approval::take(tx, *id)?;
        let (by, oversees) = (tx.actor().employee, approval::oversees(tx, &found));
        let commented =
            approval::act(tx, found, |approval, world| Ok(approval.comment(by, oversees, text, world)?))?;
        approval::show(tx, &commented)
    })
    .await
}

/// To whom the document is copied.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct CopyDocument {
    /// 1 to 50 people, who may read the document from then on.
    #[validate(length(min = 1, max = 50))]
    #[schema(min_items = 1, max_items = 50)]
    employee_ids: Vec<EmployeeId>,
    /// A remark.
    #[validate(length(max = 2000))]
    #[schema(max_length = 2000)]
    note: Option<String>,
}

/// Copy the document to people. `[APR-3]`
#[utoipa::path(post, path = "/api/v1/approvals/{id}/copy")]
pub(super) async fn copy_document(
    who: Can<perm::UseApprovals>,
    id: PathId<Approval>,
    body: Valid<CopyDocument>,
    work: UnitOfWork,
) -> Reply<ApprovalView> {
    work.write(who, move |tx| {
        let CopyDocument { employee_ids, note } = body.0.clone();
        let acted = act(tx, *id, None, Action::Copy, |approval, doer, world| {
            approval.copy_to(doer.employee, &employee_ids, note, world)
        })?;
        approval::show(tx, &acted)
    })
    .await
}
