//! A round: the steps a document passes from one submission or return to the next, and the seats of each.

use super::{PlannedStep, PolicyReference};
use crate::spine::{EmployeeId, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Where an added approver stands. 加签
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = ApproverPlacement)]
#[serde(rename_all = "snake_case")]
pub enum Placement {
    /// A step of its own before the present one.
    Before,
    /// A step of its own after the present one.
    After,
    /// Within the present step, which needs this approver too.
    Parallel,
}

crate::labels! { Placement = "ApproverPlacement":
    Before = "before", "前加签", "Before";
    After = "after", "后加签", "After";
    Parallel = "parallel", "并加签", "In parallel";
}

/// Who inserted a step, and where.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = AddedApprovalStep)]
pub struct Added {
    /// Who.
    pub by: EmployeeId,
    /// Where.
    pub placement: Placement,
}

/// Whether a seat has agreed.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum SeatState {
    /// Not yet.
    Pending,
    /// Somebody agreed for it.
    Approved {
        /// Who: the candidate or whoever held the task.
        by: EmployeeId,
        /// When.
        at: Timestamp,
    },
    /// Whoever would have held it decided the step before.
    SamePerson {
        /// Who.
        by: EmployeeId,
    },
    /// The added approver was removed.
    Removed,
}

impl SeatState {
    /// Whether the seat asks for nothing more.
    pub const fn is_settled(&self) -> bool {
        !matches!(self, Self::Pending)
    }
}

/// A place at a step's table: one candidate, and whether agreement was given for it. A transfer, a stand-in or
/// an escalation changes who holds its task, never the seat.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
pub struct Seat {
    /// The candidate.
    pub candidate: EmployeeId,
    /// Who added it in parallel, if somebody did; such a seat must agree whatever the counting.
    pub added_by: Option<EmployeeId>,
    /// Its state.
    pub state: SeatState,
}

/// Why a step was closed. `[APR-3]`
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = ApprovalStepReason)]
#[serde(rename_all = "snake_case")]
pub enum StepReason {
    /// Its approvers agreed.
    Decided,
    /// Whoever would decide it decided the step before.
    SkippedSamePerson,
    /// Its conditions did not hold.
    NotApplicable,
    /// An earlier round decided it, and nothing it rests on changed.
    CarriedOver,
    /// An approver refused the document here.
    Rejected,
    /// An approver returned the document here.
    Returned,
    /// The submitter withdrew the document.
    Withdrawn,
    /// The added step was removed.
    Removed,
}

crate::labels! { StepReason = "ApprovalStepReason":
    Decided = "decided", "已通过", "Decided";
    SkippedSamePerson = "skipped_same_person", "同一人，跳过", "Skipped: same person";
    NotApplicable = "not_applicable", "不适用", "Not applicable";
    CarriedOver = "carried_over", "沿用前次决定", "Carried over";
    Rejected = "rejected", "已驳回", "Rejected";
    Returned = "returned", "已退回", "Returned";
    Withdrawn = "withdrawn", "已撤回", "Withdrawn";
    Removed = "removed", "已减签", "Removed";
}

/// How far a step is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum StepState {
    /// Its turn has not come.
    Waiting,
    /// It is its turn.
    Open {
        /// Since when.
        since: Timestamp,
    },
    /// It is over.
    Closed {
        /// When.
        at: Timestamp,
        /// Why.
        reason: StepReason,
    },
}

/// A step of a round.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
pub struct Step {
    /// Names the step within the approval, over all rounds.
    pub key: u32,
    /// What the chain resolved to.
    pub planned: PlannedStep,
    /// Who inserted it, if it is not of the chain.
    pub added: Option<Added>,
    /// Its seats.
    pub seats: Vec<Seat>,
    /// How far it is.
    pub state: StepState,
}

/// From a submission or a return to the next.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
pub struct Round {
    /// 1, 2, 3 …
    pub number: u32,
    /// When it began.
    pub opened_at: Timestamp,
    /// The policy its steps were resolved by.
    pub policy: PolicyReference,
    /// Its steps in their order.
    pub steps: Vec<Step>,
}
