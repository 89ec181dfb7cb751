//! Transfer, reassign, add and remove approvers. `[APR-3, APR-9]`

use super::act;
use crate::spine::{Can, IfMatch, PathId, Reply, UnitOfWork, Valid};
use domain::{
    approval::{Action, Approval, Placement},
    spine::{AnyId, EmployeeId, Id, perm},
};
use persistence::approval::{self, ApprovalView};
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

/// To whom one's tasks go.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct TransferTask {
    /// To whom.
    employee_id: EmployeeId,
    /// A remark.
    #[validate(length(max = 2000))]
    #[schema(max_length = 2000)]
    note: Option<String>,
}

/// Hand one's open tasks to somebody else. `[APR-3]`
#[utoipa::path(post, path = "/api/v1/approvals/{id}/transfer")]
pub(super) async fn transfer_task(
    who: Can<perm::UseApprovals>,
    id: PathId<Approval>,
    version: IfMatch,
    body: Valid<TransferTask>,
    work: UnitOfWork,
) -> Reply<ApprovalView> {
    work.write(who, move |tx| {
        let TransferTask { employee_id, note } = body.0.clone();
        let acted = act(tx, *id, Some(version), Action::Transfer, |approval, doer, world| {
            approval.transfer(doer.employee, employee_id, note, world)
        })?;
        approval::show(tx, &acted)
    })
    .await
}

/// Whose task goes to whom.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ReassignTask {
    /// The open task.
    task_id: AnyId,
    /// To whom.
    employee_id: EmployeeId,
    /// A remark.
    #[validate(length(max = 2000))]
    #[schema(max_length = 2000)]
    note: Option<String>,
}

/// Give somebody's open task to somebody else, as an overseer. `[APR-9]`
#[utoipa::path(post, path = "/api/v1/approvals/{id}/reassign")]
pub(super) async fn reassign_task(
    who: Can<perm::OverseeApprovals>,
    id: PathId<Approval>,
    version: IfMatch,
    body: Valid<ReassignTask>,
    work: UnitOfWork,
) -> Reply<ApprovalView> {
    work.write(who, move |tx| {
        let ReassignTask { task_id, employee_id, note } = body.0.clone();
        let found = approval::take(tx, *id)?;
        let (by, oversees) = (tx.actor().employee, approval::oversees(tx, &found));
        let acted = approval::act(tx, found, |approval, world| {
            approval.may(Action::Reassign, by, oversees, world)?;
            version.check(approval.version)?;
            let task = Id::from_uuid(task_id.uuid());
            Ok(approval.reassign(task, by, oversees, employee_id, note, world)?)
        })?;
        approval::show(tx, &acted)
    })
    .await
}

/// Who is added, and where.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct AddApprover {
    /// Who.
    employee_id: EmployeeId,
    /// Before, after, or beside the present step's approvers.
    placement: Placement,
    /// A remark.
    #[validate(length(max = 2000))]
    #[schema(max_length = 2000)]
    note: Option<String>,
}

/// Add an approver before, after or in parallel. `[APR-3]`
///
/// The added approver obeys every rule of the chain.
#[utoipa::path(post, path = "/api/v1/approvals/{id}/add-approver")]
pub(super) async fn add_approver(
    who: Can<perm::UseApprovals>,
    id: PathId<Approval>,
    version: IfMatch,
    body: Valid<AddApprover>,
    work: UnitOfWork,
) -> Reply<ApprovalView> {
    work.write(who, move |tx| {
        let AddApprover { employee_id, placement, note } = body.0.clone();
        let acted = act(tx, *id, Some(version), Action::AddApprover, |approval, doer, world| {
            approval.add_approver(doer.employee, employee_id, placement, note, world)
        })?;
        approval::show(tx, &acted)
    })
    .await
}

/// Who is removed.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct RemoveApprover {
    /// Who.
    employee_id: EmployeeId,
}

/// Remove an approver one has added and who has not decided. `[APR-3]`
#[utoipa::path(post, path = "/api/v1/approvals/{id}/remove-approver")]
pub(super) async fn remove_approver(
    who: Can<perm::UseApprovals>,
    id: PathId<Approval>,
    version: IfMatch,
    body: Valid<RemoveApprover>,
    work: UnitOfWork,
) -> Reply<ApprovalView> {
    work.write(who, move |tx| {
        let RemoveApprover { employee_id } = body.0.clone();
        let acted = act(tx, *id, Some(version), Action::RemoveApprover, |approval, doer, world| {
            approval.remove_approver(doer.employee, employee_id, world)
        })?;
        approval::show(tx, &acted)
    })
    .await
}
