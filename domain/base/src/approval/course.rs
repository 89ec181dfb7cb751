//! The approval of one document over all its rounds.

use super::{ContentPart, Directory, Entry, Plan, Round, Step, StepState, Subject, Task, TaskState};
use crate::spine::{BusinessDate, EmployeeId, Entity, Id, IdSource, Timestamp, Version};
use serde::{Deserialize, Serialize};
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
        by: EmployeeId,
        /// When.
        at: Timestamp,
        /// Why.
        reason: String,
    },
    /// An approver returned it to the requester, who may submit again.
    Returned {
        /// Who.
        by: EmployeeId,
        /// When.
        at: Timestamp,
        /// Why.
        reason: String,
        /// The key of the step that returned it.
        step: u32,
        /// The parts that the return asked to be mended: what was decided before stands if nothing else changes.
        #[serde(default)]
        mend: Vec<ContentPart>,
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
    /// What people call it, Chinese and English.
    pub const fn labels(&self) -> (&'static str, &'static str) {
        match self {
            Self::Pending => ("审批中", "Pending"),
            Self::Approved { .. } => ("已通过", "Approved"),
            Self::Rejected { .. } => ("已驳回", "Rejected"),
            Self::Returned { .. } => ("已退回", "Returned"),
            Self::Withdrawn { .. } => ("已撤回", "Withdrawn"),
        }
    }
    /// Whether nothing can follow.
    pub const fn is_final(&self) -> bool {
        matches!(self, Self::Approved { .. } | Self::Rejected { .. })
    }
}

/// Where a return goes. 退回
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum ReturnTo {
    /// To the requester.
    Requester,
    /// To the requester, to mend these parts: what was decided stands if nothing else changes.
    ToMend(Vec<ContentPart>),
    /// To a passed step, by its code.
    Step(String),
}

/// Somebody the document was copied to. 抄送
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Copied {
    /// To whom.
    pub to: EmployeeId,
    /// By whom.
    pub by: EmployeeId,
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
    pub fn open_tasks_of(&self, employee: EmployeeId) -> impl Iterator<Item = &Task> {
        self.open_tasks().filter(move |task| task.assignee == employee)
    }

    /// When the sweep of time limits has to look at it next.
    pub fn next_due(&self) -> Option<Timestamp> {
        self.open_tasks().flat_map(|task| [task.remind_at, task.escalate_at]).flatten().min()
    }

    /// Whether somebody is, or ever was, part of it: the parties, every assignee, everybody it was copied to.
    pub fn takes_part(&self, employee: EmployeeId) -> bool {
        self.subject.parties().contains(&employee)
            || self.tasks.iter().any(|task| task.assignee == employee)
            || self.copies.iter().any(|copy| copy.to == employee)
    }
}
