//! Tasks (事项): somebody gives another something to do by a day, who says it is done, and the giver accepts it or sends it
//! back. Resolutions, rectifications and plan lines are tasks with an origin. `[TSK-1, TSK-2]`
//!
//! Not the tasks of approvers, which approvals keep themselves.

/// What may be done with a task now, and if not why. `[ACT-1]`
mod actions;
/// How it moves from being given to being accepted.
mod course;
/// Another due is asked for and granted.
mod due;

pub use actions::TaskAction;
pub use due::{AskedDue, DueMoved};

use crate::{
    approval::check_reason,
    duty::actions::Line,
    file::File,
    spine::{
        Actor, BusinessDate, Change, Citation, DepartmentId, EmployeeId, Entity, EventKind, Findings, Id,
        Refusal, RefusalCode, Timestamp, Version, codes, wording,
    },
};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use uuid::Uuid;

/// What the numbers of tasks begin with.
pub const NUMBER_PREFIX: &str = "TK";

crate::refusals! { TASK_REFUSALS:
    OWNER_GIVES = "task.owner_gives", Invalid, "不能把事项交办给交办人本人", "A task cannot be given to the person who gives it";
    OWNER_OUT_OF_REACH = "task.owner_out_of_reach", Forbidden, "只能向下级或权限范围内部门的员工交办", "A task is given to somebody below oneself or of a department in reach";
    ORIGIN_UNREADABLE = "task.origin_unreadable", Invalid, "负责人无权查看该事项的来源单据", "The owner may not read what the task comes from";
    NOT_GIVER = "task.not_giver", Forbidden, "只有交办人可以进行此操作；交办人本人负责的，由其上级办理", "Only whoever gave the task may do this, or a superior of theirs where it is theirs to do";
    OWN_TASK = "task.own", Forbidden, "该事项由您本人负责，验收、延期、修改和取消须由您的上级办理", "The task is yours to do: accepting it, giving it more time, changing and cancelling it are for your superior";
    NOT_OWNER = "task.not_owner", Forbidden, "只有负责人可以进行此操作", "Only whoever is to do the task may do this";
    WRONG_STATE = "task.wrong_state", Conflict, "事项当前为“{state}”，不能进行此操作", "The task is \"{state}\"; this cannot be done now";
    DUE_IN_PAST = "task.due_in_past", Invalid, "期限 {date} 早于今天", "The due {date} lies in the past";
    DUE_NOT_LATER = "task.due_not_later", Invalid, "申请的期限须晚于现期限 {due}", "The due that is asked for must come after {due}";
    NOTHING_ASKED = "task.nothing_asked", Conflict, "没有待处理的延期申请", "No other due is asked for";
    NO_EVIDENCE = "task.no_evidence", Invalid, "须说明完成情况或提供证明材料", "Say what was done, or attach what shows it";
    NO_GIVER = "task.no_giver", Forbidden, "当前账号没有对应的员工，不能交办事项", "The account belongs to no employee and gives no tasks";
}

crate::events! { TASK_EVENTS:
    GIVEN = "task.given", "事项已交办", "A task was given";
    CHANGED = "task.changed", "事项已修改", "A task was changed";
    STARTED = "task.started", "事项已开始", "A task was begun";
    DONE = "task.done", "事项已完成", "A task was said to be done";
    ACCEPTED = "task.accepted", "事项已验收", "A task was accepted";
    SENT_BACK = "task.sent_back", "事项已退回", "A task was sent back";
    CANCELLED = "task.cancelled", "事项已取消", "A task was cancelled";
    DUE_ASKED = "task.due_asked", "事项申请延期", "Another due of a task was asked for";
    DUE_REFUSED = "task.due_refused", "事项延期未获同意", "Another due of a task was refused";
    DUE_MOVED = "task.due_moved", "事项期限已变更", "The due of a task moved";
    HANDED_OVER = "task.handed_over", "事项已移交", "A task went to another owner";
    GIVER_LEFT = "task.giver_left", "事项的交办人已离职，由他人接替", "The giver of a task left, and somebody else decides about it";
}

/// What this noun brings to its wing.
pub(crate) const NOUN: &crate::spine::Noun = &crate::spine::Noun {
    refusals: &[TASK_REFUSALS],
    events: &[TASK_EVENTS],
    enums: &[TaskAction::LABELS, TaskState::LABELS, OwnedBy::LABELS],
};

/// The rule that tasks rest on.
const RULE: &str = "TSK-1";

/// What a task comes from: a record, and the line of it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Origin {
    /// The kind of record, such as `audit_finding`.
    pub kind: String,
    /// Its id.
    pub id: Uuid,
    /// The line, where it is one's.
    pub line: Option<i32>,
}

/// How somebody came to own a task.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = TaskOwnedBy)]
pub enum OwnedBy {
    /// It was given to them.
    Given,
    /// The giver handed it to them.
    HandedOver,
    /// Its owner left.
    Left,
    /// Its owner is away.
    Absent,
}

crate::labels! { OwnedBy = "TaskOwnedBy":
    Given = "given", "交办", "Given";
    HandedOver = "handed_over", "移交", "Handed over";
    Left = "left", "原负责人离职", "The owner left";
    Absent = "absent", "原负责人请假", "The owner is away";
}

/// Somebody owns a task from an instant on.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Owning {
    /// Who.
    pub employee: EmployeeId,
    /// Since when.
    pub from: Timestamp,
    /// How they came to it.
    pub by: OwnedBy,
}

/// What was done.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Work {
    /// What was done: up to 2,000 characters.
    pub note: Option<String>,
    /// Evidence.
    pub files: Vec<Id<File>>,
    /// When the server received it.
    pub at: Timestamp,
    /// The day that was.
    pub on: BusinessDate,
}

/// Work that was sent back.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct SentBack {
    /// What was said to be done.
    pub work: Work,
    /// Why it does not do.
    pub reason: String,
    /// When.
    pub at: Timestamp,
}

/// Where a task stands.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum TaskStatus {
    /// Given, not begun.
    Open {},
    /// Begun.
    InProgress {
        /// Since when.
        at: Timestamp,
    },
    /// Its owner says it is done.
    Done {
        /// What was done.
        work: Work,
    },
    /// The giver accepted it.
    Accepted {
        /// What was done.
        work: Work,
        /// When it was accepted.
        at: Timestamp,
    },
    /// Nobody need do it any more.
    Cancelled {
        /// When.
        at: Timestamp,
        /// Why.
        reason: String,
    },
}

/// The name of a state.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = TaskStatus)]
pub enum TaskState {
    /// Given, not begun.
    Open,
    /// Begun.
    InProgress,
    /// Its owner says it is done.
    Done,
    /// The giver accepted it.
    Accepted,
    /// Nobody need do it any more.
    Cancelled,
}

crate::labels! { TaskState = "TaskStatus":
    Open = "open", "未开始", "Open";
    InProgress = "in_progress", "进行中", "In progress";
    Done = "done", "待验收", "Done";
    Accepted = "accepted", "已验收", "Accepted";
    Cancelled = "cancelled", "已取消", "Cancelled";
}

crate::status! { TaskStatus as TaskState: Open, InProgress, Done, Accepted, Cancelled }

impl TaskState {
    /// Whether its owner has still to do it.
    pub const fn is_pending(self) -> bool {
        matches!(self, Self::Open | Self::InProgress)
    }
}

/// What a task says.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct TaskContent {
    /// What is to be done: 1 to 200 characters.
    pub title: String,
    /// More of it: up to 2,000 characters.
    pub description: String,
}

/// What a task is given with.
#[derive(Clone, Debug)]
pub struct NewTask {
    /// Identity.
    pub id: Id<Task>,
    /// The number, from the counter of its year.
    pub number: String,
    /// Who is to do it.
    pub owner: EmployeeId,
    /// The department the owner works in.
    pub department: DepartmentId,
    /// The last day for it.
    pub due_on: BusinessDate,
    /// What it comes from.
    pub origin: Option<Origin>,
}

/// Something that somebody is to do for another.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Task {
    /// Identity.
    pub id: Id<Self>,
    /// The number; never used again.
    pub number: String,
    /// What it says.
    pub content: TaskContent,
    /// Who gave it, and accepts it; of what a leaver gave, who decides in their place.
    pub giver: EmployeeId,
    /// Who owned it since when, at least one: the last owns it.
    pub owners: Vec<Owning>,
    /// The department it is counted in.
    pub department: DepartmentId,
    /// What it comes from.
    pub origin: Option<Origin>,
    /// The last day for it.
    pub due_on: BusinessDate,
    /// The last day when it was given.
    pub first_due_on: BusinessDate,
    /// How the due moved.
    pub dues: Vec<DueMoved>,
    /// Another due that is asked for.
    pub asked: Option<AskedDue>,
    /// Where it stands.
    pub status: TaskStatus,
    /// What was sent back, oldest first.
    pub sent_back: Vec<SentBack>,
    /// When it was given.
    pub given_at: Timestamp,
    /// Counts its states.
    pub version: Version,
}

impl Entity for Task {
    const KIND: &'static str = "task";
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

impl TaskContent {
    fn check(&self) -> Result<(), Refusal> {
        let mut findings = Findings::new();
        wording::check(&mut findings, "/title", &self.title, 200);
        if self.description.chars().count() > 2_000 {
            let bounds = [("min", json!(0)), ("max", json!(2_000))];
            findings.add_with("/description", codes::BAD_LENGTH, bounds);
        }
        findings.into_result()
    }
}

fn refused(code: &'static RefusalCode) -> Refusal {
    Refusal::new(code).citing(Citation::rule(RULE))
}

impl Task {
    /// Who owns it.
    pub fn owner(&self) -> EmployeeId {
        self.owners.last().map_or(self.giver, |owning| owning.employee)
    }

    /// Gives a task to somebody else.
    ///
    /// # Errors
    /// `task.owner_gives`, `task.due_in_past`, `task.no_giver`; a text that is not well formed.
    pub fn give(
        new: NewTask,
        content: TaskContent,
        by: &Actor,
        (now, today): (Timestamp, BusinessDate),
    ) -> Result<Change<Self>, Refusal> {
        let giver = by.employee.ok_or_else(|| refused(NO_GIVER))?;
        Self::give_for(new, content, giver, (now, today))
    }

    /// Gives a task by a rule, in the name of who accepts it; refused as [`Self::give`] is.
    pub fn give_for(
        new: NewTask,
        content: TaskContent,
        giver: EmployeeId,
        (now, today): (Timestamp, BusinessDate),
    ) -> Result<Change<Self>, Refusal> {
        content.check()?;
        let NewTask { id, number, owner, department, due_on, origin } = new;
        if owner == giver {
            return Err(refused(OWNER_GIVES).at("/owner_id"));
        }
        check_due(due_on, today)?;
        let facts = json!({
            "number": number, "owner_id": owner, "giver_id": giver, "due_on": due_on, "origin": origin,
        });
        let task = Self {
            id,
            number,
            content,
            giver,
            owners: vec![Owning { employee: owner, from: now, by: OwnedBy::Given }],
            department,
            origin,
            due_on,
            first_due_on: due_on,
            dues: Vec::new(),
            asked: None,
            status: TaskStatus::Open {},
            sent_back: Vec::new(),
            given_at: now,
            version: 0,
        };
        Ok(Change::created(task, GIVEN, facts))
    }

    /// What its events tell beside their own.
    fn told(&self) -> serde_json::Map<String, serde_json::Value> {
        crate::approval::facts([
            ("number", json!(self.number)),
            ("state", json!(self.status.state().code())),
            ("owner_id", json!(self.owner())),
            ("giver_id", json!(self.giver)),
            ("due_on", json!(self.due_on)),
        ])
    }

    fn moved(self, after: Self, kind: &'static EventKind) -> Change<Self> {
        let facts = after.told();
        Change::updated(self, after, kind, facts.into())
    }

    /// Refuses who does not decide about it: its giver does; where they came to own it, since its owner left or is away,
    /// their superiors do, for nobody accepts what is their own. Whoever has nobody above them answers for it alone.
    fn ensure_decides(&self, line: Line<'_>) -> Result<(), Refusal> {
        let Line { by, superiors } = line;
        let is_own = self.owner() == self.giver && !superiors.is_empty();
        match is_own {
            true if superiors.iter().any(|superior| by.is(*superior)) => Ok(()),
            true if by.is(self.giver) => Err(refused(OWN_TASK)),
            false if by.is(self.giver) => Ok(()),
            _ => Err(refused(NOT_GIVER)),
        }
    }

    fn ensure_owner(&self, by: &Actor) -> Result<(), Refusal> {
        if by.is(self.owner()) { Ok(()) } else { Err(refused(NOT_OWNER)) }
    }

    fn ensure(&self, allowed: impl FnOnce(TaskState) -> bool) -> Result<(), Refusal> {
        let state = self.status.state();
        if allowed(state) { Ok(()) } else { Err(refused(WRONG_STATE).with_label("state", state)) }
    }
}

fn check_due(due_on: BusinessDate, today: BusinessDate) -> Result<(), Refusal> {
    if due_on >= today {
        return Ok(());
    }
    Err(refused(DUE_IN_PAST).with("date", due_on.to_string()).at("/due_on"))
}

#[cfg(test)]
mod tests;
