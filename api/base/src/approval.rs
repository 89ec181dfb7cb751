//! Approvals: boxes, one approval with its history, and everything one may do with it. `[APR-3, APR-6, APR-7]`

mod batch;
mod decide;
mod hand_over;
pub mod limits;
mod preview;
mod speak;
mod threshold;

pub use batch::BatchDecision;
pub use preview::SubmissionPreview;

use crate::spine::{Can, IfMatch, List, PathId, Reading, Reply, Routes, View, Wanted, routes};
use domain::{
    approval::{Action, Approval, Circumstances, NOT_PARTICIPANT},
    spine::{Change, Citation, EmployeeId, Id, Refusal, perm},
};
use persistence::{
    approval::{self, ApprovalItemView, ApprovalView, BoxCounts, BoxFilter, EntryView},
    spine::{ExplanationView, Failure, Tx, explanations_of},
};
use serde::Serialize;
use utoipa::ToSchema;

use batch::{__path_decide_approvals, decide_approvals};
use decide::*;
use hand_over::*;
use speak::*;
use threshold::*;

pub fn routes(into: &mut Routes) {
    routes!(
        into,
        "approvals",
        [
            list_approvals,
            count_approvals,
            show_approval,
            list_approval_history,
            list_approval_explanations,
            approve_document,
            reject_document,
            return_document,
            take_back_decision,
            withdraw_document,
            decide_approvals,
            transfer_task,
            reassign_task,
            add_approver,
            remove_approver,
            remind_approvers,
            comment_on_approval,
            copy_document,
            set_approval_threshold,
            show_approval_thresholds
        ]
    );
}

/// List approvals of one box, newest first. `[APR-7]`
#[utoipa::path(get, path = "/api/v1/approvals")]
async fn list_approvals(
    who: Can<perm::UseApprovals>,
    wanted: Wanted<BoxFilter>,
    reading: Reading,
) -> List<ApprovalItemView> {
    reading.list(who, wanted, approval::list).await
}

/// Count the approvals in each of one's boxes. `[APR-7]`
#[utoipa::path(get, path = "/api/v1/approvals/counts")]
async fn count_approvals(who: Can<perm::UseApprovals>, reading: Reading) -> Reply<BoxCounts> {
    reading.read(who, approval::counts).await
}

/// Show an approval: document, steps, tasks, and what the caller may do. `[APR-7, ACT-1]`
#[utoipa::path(get, path = "/api/v1/approvals/{id}")]
async fn show_approval(
    who: Can<perm::UseApprovals>,
    id: PathId<Approval>,
    reading: Reading,
) -> Reply<ApprovalView> {
    reading.read(who, move |reader| approval::view(reader, *id)).await
}

/// The history of an approval.
#[derive(Serialize, ToSchema)]
struct ApprovalHistory {
    /// Every line, oldest first.
    #[schema(max_items = 5000)]
    data: Vec<EntryView>,
}
impl View for ApprovalHistory {}

/// List the history of an approval, with a reason code for each line. `[APR-3]`
#[utoipa::path(get, path = "/api/v1/approvals/{id}/history")]
async fn list_approval_history(
    who: Can<perm::UseApprovals>,
    id: PathId<Approval>,
    reading: Reading,
) -> Reply<ApprovalHistory> {
    reading.read(who, move |reader| Ok(ApprovalHistory { data: approval::history(reader, *id)? })).await
}

/// Why an approval went the way it did.
#[derive(Serialize, ToSchema)]
struct ApprovalExplanations {
    /// Every automatic decision, oldest first.
    #[schema(max_items = 1000)]
    data: Vec<ExplanationView>,
}
impl View for ApprovalExplanations {}

/// Explain who was chosen for an approval, and why. `[REG-6, APR-8]`
#[utoipa::path(get, path = "/api/v1/approvals/{id}/explanations")]
async fn list_approval_explanations(
    who: Can<perm::UseApprovals>,
    id: PathId<Approval>,
    reading: Reading,
) -> Reply<ApprovalExplanations> {
    reading
        .read(who, move |reader| {
            let found = approval::find(reader, *id)?;
            Ok(ApprovalExplanations { data: explanations_of(reader, found.id.uuid())? })
        })
        .await
}

/// Whoever does something with an approval.
struct Doer {
    employee: EmployeeId,
}

/// Does something with an approval the caller may see. A rule's no — as that somebody else has decided — comes
/// before the version's: it says more.
fn act(
    tx: &mut Tx<'_>,
    id: Id<Approval>,
    version: Option<IfMatch>,
    action: Action,
    deed: impl FnOnce(Approval, Doer, Circumstances<'_>) -> Result<Change<Approval>, Refusal>,
) -> Result<Approval, Failure> {
    let found = approval::take(tx, id)?;
    let by = tx.actor().employee;
    approval::act(tx, found, |found, world| {
        found.may(action, by, false, world)?;
        if let Some(version) = version {
            version.check(found.version)?;
        }
        let nobody = || Refusal::new(NOT_PARTICIPANT).citing(Citation::rule("APR-3"));
        let doer = Doer { employee: by.ok_or_else(nobody)? };
        Ok(deed(found, doer, world)?)
    })
}
