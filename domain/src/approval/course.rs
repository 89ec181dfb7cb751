//! The course of one approval: its rounds, steps, tasks and history.

use super::{Directory, Plan, PlannedStep, PolicyReference, Subject};
use crate::spine::{BusinessDate, Employee, Entity, Id, IdSource, Timestamp, Version};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

/// What a transition needs to know of the world.
#[derive(Clone, Copy)]
pub struct Circumstances<'a> {
    /// The organisation.
    pub directory: &'a dyn Directory,
    /// Where ids of new tasks come from.
    pub ids: &'a dyn IdSource,
    /// The instant.
    pub now: Timestamp,
    /// The day in the company's zone.
    pub today: BusinessDate,
}

/// What has become of an approval.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum Outcome {
    /// A step waits.
    Pending,
    /// The last step agreed. Final.
    Approved {
        /// When.
        at: Timestamp,
    },
    /// An approver refused. Final.
    Rejected {
        /// Who.
        by: Id<Employee>,
        /// When.
        at: Timestamp,
        /// Why.
        reason: String,
    },
    /// An approver returned it to the requester, who may submit again.
    Returned {
        /// Who.
        by: Id<Employee>,
        /// When.
        at: Timestamp,
        /// Why.
        reason: String,
        /// The key of the step that returned it.
        step: u32,
    },
    /// The submitter withdrew it, and may submit again.
    Withdrawn {
        /// When.
        at: Timestamp,
    },
}

impl Outcome {
    /// The state's name, as stored and shown.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Approved { .. } => "approved",
            Self::Rejected { .. } => "rejected",
            Self::Returned { .. } => "returned",
            Self::Withdrawn { .. } => "withdrawn",
        }
    }
    /// Whether nothing can follow.
    pub const fn is_final(&self) -> bool {
        matches!(self, Self::Approved { .. } | Self::Rejected { .. })
    }
}

/// Where an added approver stands. 加签
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Placement {
    /// A step of its own before the present one.
    Before,
    /// A step of its own after the present one.
    After,
    /// Within the present step, which needs this approver too.
    Parallel,
}

/// Where a return goes. 退回
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum ReturnTo {
    /// To the requester.
    Requester,
    /// To a passed step, by its code.
    Step(String),
}

/// Who inserted a step, and where.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
pub struct Added {
    /// Who.
    pub by: Id<Employee>,
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
        by: Id<Employee>,
        /// When.
        at: Timestamp,
    },
    /// Whoever would have held it decided the step before.
    SamePerson {
        /// Who.
        by: Id<Employee>,
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
    pub candidate: Id<Employee>,
    /// Who added it in parallel, if somebody did; such a seat must agree whatever the counting.
    pub added_by: Option<Id<Employee>>,
    /// Its state.
    pub state: SeatState,
}

/// Why a step was closed. `[APR-3]`
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
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

/// A decision on a task.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Decision {
    /// Agreed.
    Approved,
    /// Refused.
    Rejected,
    /// Returned.
    Returned,
}

impl Decision {
    /// The decision's name, as stored and shown.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Approved => "approved",
            Self::Rejected => "rejected",
            Self::Returned => "returned",
        }
    }
}

/// How a task came to its assignee.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
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

/// Why an undecided task was closed.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(tag = "reason", rename_all = "snake_case")]
pub enum CloseReason {
    /// Another decision closed the step.
    NotNeeded {
        /// Whose.
        by: Id<Employee>,
    },
    /// It went to somebody else.
    HandedOn {
        /// To whom.
        to: Id<Employee>,
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
    pub assignee: Id<Employee>,
    /// For whom, where the assignee is not the seat's candidate.
    pub on_behalf_of: Option<Id<Employee>>,
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

/// Somebody the document was copied to. 抄送
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Copied {
    /// To whom.
    pub to: Id<Employee>,
    /// By whom.
    pub by: Id<Employee>,
    /// When.
    pub at: Timestamp,
}

/// What an entry of the history tells. Its name is the reason code.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
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
    pub by: Option<Id<Employee>>,
    /// On whose behalf, or whom it concerned before.
    pub from: Option<Id<Employee>>,
    /// Whom it concerns now.
    pub to: Option<Id<Employee>>,
    /// The reason, remark or comment.
    pub note: Option<String>,
    /// The version of the document then.
    pub document_version: Version,
    /// When.
    pub at: Timestamp,
}

/// The approval of one document, over all its rounds.
#[derive(Clone, Debug, Serialize)]
pub struct Approval {
    /// Its identity.
    pub id: Id<Self>,
    /// The document as it was last submitted; its version moves with the document.
    pub subject: Subject,
    /// The chain as it was last resolved: frozen. `[APR-2]`
    pub plan: Plan,
    /// The rounds, the present one last.
    pub rounds: Vec<Round>,
    /// All tasks ever opened.
    pub tasks: Vec<Task>,
    /// All that ever happened.
    pub history: Vec<Entry>,
    /// Whom it was copied to.
    pub copies: Vec<Copied>,
    /// What has become of it.
    pub outcome: Outcome,
    /// When the submitter last reminded.
    pub last_reminder: Option<Timestamp>,
    /// Counts its states.
    pub version: Version,
}

impl Entity for Approval {
    const KIND: &'static str = "approval";
    fn uuid(&self) -> Uuid {
        self.id.uuid()
    }
    fn version(&self) -> Version {
        self.version
    }
    fn version_mut(&mut self) -> &mut Version {
        &mut self.version
    }
}

impl Approval {
    /// The number of the present round.
    pub fn round_number(&self) -> u32 {
        self.rounds.last().map_or(0, |round| round.number)
    }

    /// The steps of the present round.
    pub fn steps(&self) -> &[Step] {
        self.rounds.last().map_or(&[], |round| &round.steps)
    }

    /// The open step, if one waits.
    pub fn current_step(&self) -> Option<&Step> {
        self.steps().iter().find(|step| matches!(step.state, StepState::Open { .. }))
    }

    /// The open tasks.
    pub fn open_tasks(&self) -> impl Iterator<Item = &Task> {
        self.tasks.iter().filter(|task| task.state == TaskState::Open)
    }

    /// The open tasks of one person.
    pub fn open_tasks_of(&self, employee: Id<Employee>) -> impl Iterator<Item = &Task> {
        self.open_tasks().filter(move |task| task.assignee == employee)
    }

    /// When the sweep of time limits has to look at it next.
    pub fn next_due(&self) -> Option<Timestamp> {
        self.open_tasks().flat_map(|task| [task.remind_at, task.escalate_at]).flatten().min()
    }

    /// Whether somebody is, or ever was, part of it: the parties, every assignee, everybody it was copied to.
    pub fn takes_part(&self, employee: Id<Employee>) -> bool {
        self.subject.parties().contains(&employee)
            || self.tasks.iter().any(|task| task.assignee == employee)
            || self.copies.iter().any(|copy| copy.to == employee)
    }
}
