//! What a task looks like. `[TSK-1]`

use super::find;
use crate::{
    organisation::{DEPARTMENT, EMPLOYEE, NamedRef, Organisation, PersonRef, Register},
    spine::{ActionView, Failure, Place, Placed, Reader, Refers, Target, View, in_json},
};
use chrono::NaiveDate;
use domain::{
    duty::actions::Line,
    spine::{AnyId, Id, Permission, Timestamp, Version},
    task::{OwnedBy, Task, TaskAction, TaskState, TaskStatus, Work},
};
use serde::Serialize;
use utoipa::ToSchema;

/// What the caller may do with a task. An alias, because the derive would take a generic type apart.
type TaskActionView = ActionView<TaskAction>;

/// Something that somebody is to do for another.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Task)]
pub struct TaskView {
    /// Its identity.
    pub id: AnyId,
    /// Its number; never used again.
    #[schema(max_length = 60, example = "TK-2026-000012")]
    pub number: String,
    /// What is to be done.
    #[schema(max_length = 200, example = "补齐合同附件")]
    pub title: String,
    /// More of it.
    #[schema(max_length = 2000)]
    pub description: String,
    /// Who gave it, and accepts it.
    pub giver: PersonRef,
    /// Who owns it now.
    pub owner: PersonRef,
    /// The department it is counted in.
    pub department: NamedRef,
    /// What it comes from.
    pub origin: Option<OriginView>,
    /// The last day for it.
    pub due_on: NaiveDate,
    /// The last day when it was given.
    pub first_due_on: NaiveDate,
    /// Whether the last day has passed, and it is not done.
    pub is_overdue: bool,
    /// Where it stands.
    pub status: TaskState,
    /// Why it was cancelled.
    #[schema(max_length = 500)]
    pub reason: Option<String>,
    /// What was done, once it is said to be.
    pub work: Option<WorkView>,
    /// Whether it was done by the day first given; null before it is done.
    pub in_time_of_first: Option<bool>,
    /// Whether it was done by the day last granted; null before it is done.
    pub in_time_of_last: Option<bool>,
    /// Another due that is asked for.
    pub asked: Option<AskedDueView>,
    /// How the due moved, the oldest first.
    #[schema(max_items = 200)]
    pub dues: Vec<DueMovedView>,
    /// What was sent back, the oldest first.
    #[schema(max_items = 200)]
    pub sent_back: Vec<SentBackView>,
    /// Who owned it since when; the last owns it.
    #[schema(max_items = 200)]
    pub owners: Vec<OwnerView>,
    /// When it was given.
    pub given_at: Timestamp,
    /// What the caller may do with it now.
    #[schema(max_items = 20)]
    pub actions: Vec<TaskActionView>,
    /// Its version, for `If-Match`.
    #[schema(minimum = 1)]
    pub version: Version,
}

/// What a task comes from.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = TaskOrigin)]
pub struct OriginView {
    /// The kind of record.
    #[schema(max_length = 60, example = "audit_finding")]
    pub kind: String,
    /// Its id.
    pub id: AnyId,
    /// The line of it.
    #[schema(minimum = 1)]
    pub line: Option<i32>,
}

/// What was done.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = TaskWork)]
pub struct WorkView {
    /// What was done.
    #[schema(max_length = 2000)]
    pub note: Option<String>,
    /// Evidence.
    #[schema(max_items = 50)]
    pub files: Vec<AnyId>,
    /// When the server received it.
    pub at: Timestamp,
}

/// Another due that is asked for.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = TaskAskedDue)]
pub struct AskedDueView {
    /// Which.
    pub due_on: NaiveDate,
    /// Why.
    #[schema(max_length = 500)]
    pub reason: String,
    /// When it was asked for.
    pub at: Timestamp,
}

/// How a due moved once.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = TaskDueMoved)]
pub struct DueMovedView {
    /// The due before.
    pub from: NaiveDate,
    /// Why.
    #[schema(max_length = 500)]
    pub reason: String,
    /// When.
    pub at: Timestamp,
}

/// Work that was sent back.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = TaskSentBack)]
pub struct SentBackView {
    /// What was said to be done.
    pub work: WorkView,
    /// Why it does not do.
    #[schema(max_length = 500)]
    pub reason: String,
    /// When.
    pub at: Timestamp,
}

/// Somebody owned a task from an instant on.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = TaskOwner)]
pub struct OwnerView {
    /// Who.
    pub employee: PersonRef,
    /// Since when.
    pub from: Timestamp,
    /// How they came to it.
    pub by: OwnedBy,
}

impl View for TaskView {
    const REFERS: &'static [Refers] = &[
        Refers::to("department", &DEPARTMENT),
        Refers::to("giver", &EMPLOYEE),
        Refers::to("owner", &EMPLOYEE),
    ];
    fn version(&self) -> Option<Version> {
        Some(self.version)
    }
    fn location(&self) -> Option<String> {
        Some(format!("/api/v1/tasks/{}", self.id))
    }
}

/// A task where something refers to it.
pub static TASK: Target =
    Target { permission: Permission::ReadTasks, look: |reader, id| in_json(view(reader, id.into())) };

/// One task, if the caller may see it.
///
/// # Errors
/// Not found where they may not.
pub fn view(reader: &mut Reader<'_>, id: Id<Task>) -> Result<TaskView, Failure> {
    let task = find(reader, id)?;
    show(reader, task)
}

fn worked(work: &Work) -> WorkView {
    WorkView {
        note: work.note.clone(),
        files: work.files.iter().map(|file| file.uuid().into()).collect(),
        at: work.at,
    }
}

/// How a task at hand is shown.
///
/// # Errors
/// Where the database fails.
pub fn show(reader: &mut Reader<'_>, task: Task) -> Result<TaskView, Failure> {
    let (register, today) = (Register::of(reader)?, reader.today());
    let actions = match reader.actor().may(Permission::PerformTasks) {
        true => {
            let superiors = Organisation::today(reader)?.superiors_of(task.owner());
            task.actions(Line { by: reader.actor(), superiors: &superiors }).collect()
        }
        false => Vec::new(),
    };
    let (state, in_time) = (task.status.state(), task.in_time());
    let owners = task.owners.iter().map(|owning| {
        Ok(OwnerView { employee: register.named(owning.employee)?, from: owning.from, by: owning.by })
    });
    Ok(TaskView {
        id: task.id.uuid().into(),
        giver: register.named(task.giver)?,
        owner: register.named(task.owner())?,
        department: register.placed(task.department)?,
        origin: task.origin.as_ref().map(|origin| OriginView {
            kind: origin.kind.clone(),
            id: origin.id.into(),
            line: origin.line,
        }),
        due_on: task.due_on,
        first_due_on: task.first_due_on,
        is_overdue: state.is_pending() && task.due_on < today,
        status: state,
        reason: match &task.status {
            TaskStatus::Cancelled { reason, .. } => Some(reason.clone()),
            _ => None,
        },
        work: match &task.status {
            TaskStatus::Done { work } | TaskStatus::Accepted { work, .. } => Some(worked(work)),
            _ => None,
        },
        in_time_of_first: in_time.map(|(first, _)| first),
        in_time_of_last: in_time.map(|(_, last)| last),
        asked: task.asked.as_ref().map(|asked| AskedDueView {
            due_on: asked.due_on,
            reason: asked.reason.clone(),
            at: asked.at,
        }),
        dues: task.dues.iter().map(due_moved).collect(),
        sent_back: task.sent_back.iter().map(sent_back).collect(),
        owners: owners.collect::<Result<_, Failure>>()?,
        given_at: task.given_at,
        actions: ActionView::listed(&format!("/api/v1/tasks/{}", task.id), actions),
        version: task.version,
        number: task.number,
        title: task.content.title,
        description: task.content.description,
    })
}

fn due_moved(moved: &domain::task::DueMoved) -> DueMovedView {
    DueMovedView { from: moved.from, reason: moved.reason.clone(), at: moved.at }
}

fn sent_back(back: &domain::task::SentBack) -> SentBackView {
    SentBackView { work: worked(&back.work), reason: back.reason.clone(), at: back.at }
}

impl Placed<crate::Base> for TaskAction {
    fn place(self) -> Place {
        match self {
            Self::Revise => Place::Patch,
            Self::Start => Place::Post("/start"),
            Self::Finish => Place::Post("/finish"),
            Self::Accept => Place::Post("/accept"),
            Self::SendBack => Place::Post("/send-back"),
            Self::Cancel => Place::Post("/cancel"),
            Self::AskDue => Place::Post("/ask-due"),
            Self::GrantDue => Place::Post("/grant-due"),
            Self::RefuseDue => Place::Post("/refuse-due"),
            Self::HandOver => Place::Post("/hand-over"),
        }
    }
}
