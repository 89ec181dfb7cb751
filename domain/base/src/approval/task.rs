//! A task: one person's part in one step, and how it ended.

use crate::spine::{EmployeeId, Id, Timestamp, Version};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A decision on a task.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = ApprovalDecision)]
#[serde(rename_all = "snake_case")]
pub enum Decision {
    /// Agreed.
    Approved,
    /// Refused.
    Rejected,
    /// Returned.
    Returned,
}

crate::labels! { Decision = "ApprovalDecision":
    Approved = "approved", "同意", "Approved";
    Rejected = "rejected", "驳回", "Rejected";
    Returned = "returned", "退回", "Returned";
}

/// How a task came to its assignee.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = ApprovalTaskOrigin)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// The chain resolved to them.
    Chain,
    /// They stand in for somebody absent.
    StandIn,
    /// It rose to them, the superior.
    Superior,
    /// They are the fallback.
    Fallback,
    /// Somebody handed it over.
    Transferred,
    /// Somebody added them.
    Added,
    /// The time limit brought it up.
    Escalated,
    /// An overseer assigned it.
    Reassigned,
    /// Nobody else could take it; an overseer must assign it.
    Stuck,
}

crate::labels! { Origin = "ApprovalTaskOrigin":
    Chain = "chain", "审批链", "Approval chain";
    StandIn = "stand_in", "代理人", "Stand-in";
    Superior = "superior", "上级", "Superior";
    Fallback = "fallback", "后备审批人", "Fallback";
    Transferred = "transferred", "转审", "Transferred";
    Added = "added", "加签", "Added";
    Escalated = "escalated", "超时升级", "Escalated";
    Reassigned = "reassigned", "改派", "Reassigned";
    Stuck = "stuck", "待改派", "To be reassigned";
}

/// Why an undecided task was closed.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = ApprovalTaskClosing)]
#[serde(tag = "reason", rename_all = "snake_case")]
pub enum CloseReason {
    /// Another decision closed the step.
    NotNeeded {
        /// Whose.
        by: EmployeeId,
    },
    /// It went to somebody else.
    HandedOn {
        /// To whom.
        to: EmployeeId,
    },
    /// The submitter withdrew the document.
    Withdrawn,
    /// The decision of the step before was taken back.
    TakenBack,
    /// An approver was put before it; it opens again afterwards.
    Postponed,
    /// The added approver was removed.
    Removed,
}

crate::labels! { tagged CloseReason = "ApprovalTaskClosing":
    NotNeeded = "not_needed", "他人已处理", "Decided by another";
    HandedOn = "handed_on", "已转交", "Handed on";
    Withdrawn = "withdrawn", "单据已撤回", "Document withdrawn";
    TakenBack = "taken_back", "上一步已收回", "Decision before taken back";
    Postponed = "postponed", "待前加签处理", "Postponed";
    Removed = "removed", "已减签", "Removed";
}

/// The course of a task.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum TaskState {
    /// It waits for its assignee.
    Open,
    /// Its assignee decided.
    Decided {
        /// What.
        decision: Decision,
        /// When.
        at: Timestamp,
        /// The reason or remark given.
        note: Option<String>,
        /// The version of the document the decision was taken on.
        document_version: Version,
        /// The digest of what the document said then.
        #[serde(default)]
        content_digest: Option<String>,
    },
    /// It was closed undecided.
    Closed {
        /// When.
        at: Timestamp,
        /// Why.
        why: CloseReason,
    },
}

impl TaskState {
    /// The state's name, as stored and shown.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Decided { .. } => "decided",
            Self::Closed { .. } => "closed",
        }
    }
}

/// One person's part in one step.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Task {
    /// Its identity.
    pub id: Id<Self>,
    /// The round.
    pub round: u32,
    /// The key of the step.
    pub step: u32,
    /// The seat within the step.
    pub seat: usize,
    /// Who decides.
    pub assignee: EmployeeId,
    /// For whom, where the assignee is not the seat's candidate.
    pub on_behalf_of: Option<EmployeeId>,
    /// How it came to the assignee.
    pub origin: Origin,
    /// When it opened.
    pub opened_at: Timestamp,
    /// When its assignee is to be reminded; absent once that happened or without a limit.
    pub remind_at: Option<Timestamp>,
    /// When it goes to the superior; absent once that failed or without such a limit.
    pub escalate_at: Option<Timestamp>,
    /// Its course.
    pub state: TaskState,
}
