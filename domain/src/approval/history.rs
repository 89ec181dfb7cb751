//! The history of an approval: append-only, each line with its reason code. `[APR-3]`

use crate::spine::{EmployeeId, Timestamp, Version};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What an entry of the history tells. Its name is the reason code.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = ApprovalHistoryKind)]
#[serde(rename_all = "snake_case")]
pub enum EntryKind {
    /// The document was submitted.
    Submitted,
    /// It was submitted again and continues where it was returned.
    ResubmittedContinued,
    /// It was submitted again, and the chain was resolved anew.
    ResubmittedAnew,
    /// A task opened for somebody the chain names.
    TaskOpened,
    /// A task opened for the stand-in of somebody absent.
    TaskOpenedForStandIn,
    /// A task rose to a superior.
    RoseToSuperior,
    /// A task was taken over by the fallback.
    TakenOverByFallback,
    /// A task found nobody who may decide; an overseer must assign it.
    NobodyCanDecide,
    /// An approver agreed.
    Approved,
    /// An approver refused.
    Rejected,
    /// An approver returned it, to the requester or to a passed step.
    Returned,
    /// A step was decided.
    StepDecided,
    /// A step was skipped because the same person decided the one before.
    SkippedSamePerson,
    /// A step's conditions do not hold.
    StepNotApplicable,
    /// The last step agreed.
    Completed,
    /// The submitter withdrew.
    Withdrawn,
    /// An approver took a decision back.
    DecisionTakenBack,
    /// A task was handed over.
    Transferred,
    /// An overseer assigned a task.
    Reassigned,
    /// A task moved because its approver left.
    TransferredApproverLeft,
    /// A task moved because its approver's account was disabled.
    TransferredApproverDisabled,
    /// A task moved because its approver is absent.
    TransferredApproverAbsent,
    /// An approver was added before the step.
    AddedBefore,
    /// An approver was added after the step.
    AddedAfter,
    /// An approver was added to the step.
    AddedParallel,
    /// An added approver was removed.
    AddedRemoved,
    /// The submitter reminded.
    Reminded,
    /// The time limit reminded.
    TimeLimitReminded,
    /// The time limit brought the task to the superior.
    TimeLimitEscalated,
    /// The time limit passed and nobody is above.
    TimeLimitNobodyAbove,
    /// A comment.
    Commented,
    /// A copy.
    Copied,
    /// The document changed while in approval.
    DocumentChanged,
}

/// One line of the history, kept for ever. `[APR-3]`
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Entry {
    /// 1, 2, 3 … within the approval.
    pub number: u32,
    /// The round it belongs to.
    pub round: u32,
    /// The code of the step it belongs to, if any.
    pub step: Option<String>,
    /// What happened: the reason code.
    pub kind: EntryKind,
    /// Who did it; absent where a rule or the clock did.
    pub by: Option<EmployeeId>,
    /// On whose behalf, or whom it concerned before.
    pub from: Option<EmployeeId>,
    /// Whom it concerns now.
    pub to: Option<EmployeeId>,
    /// The reason, remark or comment.
    pub note: Option<String>,
    /// The version of the document then.
    pub document_version: Version,
    /// When.
    pub at: Timestamp,
}
