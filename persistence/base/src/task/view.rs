//! What a task looks like, and the tasks within the caller's sight. `[TSK-1, INT-4]`

use super::{find, row::Row};
use crate::{
    organisation::{DEPARTMENT, EMPLOYEE, NamedRef, Organisation, PersonRef, Register},
    schema::tasks,
    search,
    spine::{
        ActionView, Failure, Filter, Key, Page, Place, Placed, Reader, Refers, Several, Slice, Target, View,
        Where, columns, in_json, narrow, orders, paged,
    },
};
use chrono::NaiveDate;
use diesel::prelude::*;
use domain::{
    spine::{AnyId, BusinessDate, DepartmentId, EmployeeId, Id, Permission, Timestamp, Version},
    task::{OwnedBy, Task, TaskAction, TaskState, TaskStatus, Work},
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

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
        true => task.actions(reader.actor()).collect(),
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

/// A task in a list.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = TaskSummary)]
pub struct TaskSummary {
    /// Its identity.
    pub id: AnyId,
    /// Its number.
    #[schema(max_length = 60, example = "TK-2026-000012")]
    pub number: String,
    /// What is to be done.
    #[schema(max_length = 200)]
    pub title: String,
    /// Who gave it.
    pub giver: PersonRef,
    /// Who owns it.
    pub owner: PersonRef,
    /// The department it is counted in.
    pub department: NamedRef,
    /// Where it stands.
    pub status: TaskState,
    /// The last day for it.
    pub due_on: NaiveDate,
    /// Whether the last day has passed, and it is not done.
    pub is_overdue: bool,
    /// The day it was done.
    pub done_on: Option<NaiveDate>,
    /// When it was given.
    pub given_at: Timestamp,
    /// When it last changed.
    pub changed_at: Timestamp,
    /// Its version, for `If-Match`.
    #[schema(minimum = 1)]
    pub version: Version,
}

impl View for TaskSummary {
    const REFERS: &'static [Refers] = &[
        Refers::to("department", &DEPARTMENT),
        Refers::to("giver", &EMPLOYEE),
        Refers::to("owner", &EMPLOYEE),
    ];
}

/// Whose tasks are wanted.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = WhoseTasks)]
pub enum Whose {
    /// Those one owns.
    #[default]
    Mine,
    /// Those one gave.
    Given,
    /// All that one may see.
    All,
}

domain::labels! { Whose = "WhoseTasks":
    Mine = "mine", "我负责的", "Owned by oneself";
    Given = "given", "我交办的", "Given by oneself";
    All = "all", "全部可见", "All that one may see";
}

/// Which tasks are wanted, and in what order.
#[derive(Clone, Debug, Default, Deserialize, Validate, IntoParams)]
#[serde(default)]
pub struct TaskFilter {
    /// Whose: those one owns where absent.
    #[param(inline)]
    pub whose: Whose,
    /// Only these states, separated by commas.
    #[param(inline, example = "open,in_progress")]
    pub status: Several<TaskState>,
    /// Only of this department.
    pub department_id: Option<DepartmentId>,
    /// Only of this owner.
    pub owner_id: Option<EmployeeId>,
    /// Only what comes from this record.
    pub origin_id: Option<AnyId>,
    /// Only what is overdue, or is not.
    pub overdue: Option<bool>,
    /// Only due on this day or later.
    #[serde(rename = "due_on[gte]")]
    pub due_from: Option<NaiveDate>,
    /// Only due on this day or before.
    #[serde(rename = "due_on[lte]")]
    pub due_to: Option<NaiveDate>,
    /// Only what changed at this instant or later.
    #[serde(rename = "changed_at[gte]")]
    pub changed_from: Option<Timestamp>,
    /// Only what changed before this instant.
    #[serde(rename = "changed_at[lt]")]
    pub changed_before: Option<Timestamp>,
    /// Only where this stands in number, title or the owner's name, however that is written or read.
    #[validate(length(min = 1, max = 100))]
    #[param(min_length = 1, max_length = 100, example = "hetong")]
    pub q: Option<String>,
    /// The order; a minus turns it round. What was given last first where absent.
    #[param(inline)]
    pub sort: TaskOrder,
}

impl Filter for TaskFilter {}

orders! {
    /// By what tasks are ordered.
    pub TaskOrder of Row in tasks by id, descending:
    given_at = id;
    changed_at;
    due_on;
}

/// Only what the caller may see.
fn within_sight(reader: &mut Reader<'_>, whose: Whose) -> Result<Where, Failure> {
    let (mut wanted, me) = (Where::new(), reader.actor().employee);
    let own = me.map_or(Key(uuid::Uuid::nil()), Key::from);
    match whose {
        Whose::Mine => wanted.also(tasks::owner_id.eq(own)),
        Whose::Given => wanted.also(tasks::giver_id.eq(own)),
        Whose::All if reader.reach().all => {}
        Whose::All => {
            let below = match me {
                Some(me) => Organisation::today(reader)?.below(me),
                None => Vec::new(),
            };
            let below: Vec<Key> = below.into_iter().map(Into::into).collect();
            let departments: Vec<Key> = reader.reach().departments.iter().map(|id| (*id).into()).collect();
            let theirs =
                tasks::owner_id.eq(own).or(tasks::giver_id.eq(own)).or(tasks::owner_id.eq_any(below));
            wanted.also(theirs.or(tasks::department_id.eq_any(departments)));
        }
    }
    Ok(wanted)
}

/// Tasks within the caller's sight.
///
/// # Errors
/// Where the database fails.
pub fn list(
    reader: &mut Reader<'_>,
    filter: &TaskFilter,
    page: &Page,
) -> Result<Slice<TaskSummary>, Failure> {
    let today = reader.today();
    let mut wanted = within_sight(reader, filter.whose)?;
    narrow!(wanted, tasks, filter;
        status in status, department_id = department_id, owner_id = owner_id, origin = origin_id,
        due_on >= due_from, due_on <= due_to, changed_at >= changed_from, changed_at < changed_before);
    match filter.overdue {
        Some(true) => wanted.also(tasks::due_on.lt(today).and(tasks::status.eq_any(["open", "in_progress"]))),
        Some(false) => wanted.also(tasks::due_on.ge(today).or(tasks::status.ne_all(["open", "in_progress"]))),
        None => {}
    }
    search!(wanted, filter, tasks::search_text; tasks::owner_id);
    let found = paged!(reader, page, filter.sort, wanted; tasks::table => Row::as_select(); |row: &Row| row);
    let register = Register::of(reader)?;
    found.try_map(|row| summary(&register, today, row))
}

fn summary(register: &Register, today: BusinessDate, row: Row) -> Result<TaskSummary, Failure> {
    let corrupt = || Failure::corrupt("tasks", "status", row.id.0);
    let status = TaskState::from_code(&row.status).ok_or_else(corrupt)?;
    Ok(TaskSummary {
        id: row.id.into(),
        number: row.number,
        title: row.title,
        giver: register.named(row.giver_id.into())?,
        owner: register.named(row.owner_id.into())?,
        department: register.placed(row.department_id.into())?,
        status,
        due_on: row.due_on,
        is_overdue: status.is_pending() && row.due_on < today,
        done_on: row.done_on,
        given_at: row.given_at.into(),
        changed_at: row.changed_at.into(),
        version: row.version,
    })
}

columns! { TaskSummary as "tasks" "事项" "Tasks", domain::spine::Permission::ExportDuties:
    number "编号" "Number";
    title "事项" "Task";
    giver "交办人" "Given by";
    owner "负责人" "Owner";
    department "部门" "Department";
    status "状态" "Status";
    due_on "期限" "Due on";
    is_overdue "是否逾期" "Overdue";
    done_on "完成日期" "Done on";
    given_at "交办时间" "Given at";
    changed_at "更新时间" "Changed at";
}
