//! Tasks over HTTP. `[TSK-1, TSK-2]`

use crate::spine::{
    At, Can, Created, List, Merge, Merged, PathId, Reading, Reason, Reply, Routes, UnitOfWork, Valid, Wanted,
    routes,
};
use chrono::NaiveDate;
use domain::{
    spine::{AnyId, EmployeeId, Id, perm},
    task::{Origin, Task, TaskContent},
};
use persistence::task::{
    self as tasks, TaskFilter, TaskSummary, TaskView,
    deed::{self, Given},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

pub(crate) fn routes(into: &mut Routes) {
    routes!(
        into,
        "tasks",
        [
            list_tasks,
            give_task,
            show_task,
            revise_task,
            start_task,
            finish_task,
            accept_task,
            send_back_task,
            cancel_task,
            ask_task_due,
            grant_task_due,
            refuse_task_due,
            hand_over_task,
        ]
    );
}

/// List tasks. `[TSK-1, INT-4]`
///
/// Those one owns where nothing else is asked for; `whose=given` those one gave, `whose=all` all that one may see.
#[utoipa::path(get, path = "/api/v1/tasks")]
async fn list_tasks(
    who: Can<perm::ReadTasks>,
    wanted: Wanted<TaskFilter>,
    reading: Reading,
) -> List<TaskSummary> {
    reading.list(who, wanted, tasks::list).await
}

/// Show a task. `[TSK-1, ACT-1]`
#[utoipa::path(get, path = "/api/v1/tasks/{id}")]
async fn show_task(who: Can<perm::ReadTasks>, id: PathId<Task>, reading: Reading) -> Reply<TaskView> {
    reading.read(who, move |reader| tasks::view(reader, *id)).await
}

/// What a task comes from.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct GiveTaskOrigin {
    /// The kind of record.
    #[validate(length(min = 1, max = 60))]
    #[schema(min_length = 1, max_length = 60, example = "audit_finding")]
    kind: String,
    /// Its id.
    id: AnyId,
    /// The line of it.
    #[serde(default)]
    #[validate(range(min = 1, max = 100_000))]
    #[schema(minimum = 1, maximum = 100_000)]
    line: Option<i32>,
}

/// A new task.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct GiveTask {
    /// What is to be done.
    #[validate(length(min = 1, max = 200))]
    #[schema(min_length = 1, max_length = 200, example = "补齐合同附件")]
    title: String,
    /// More of it.
    #[serde(default)]
    #[validate(length(max = 2000))]
    #[schema(max_length = 2000)]
    description: String,
    /// Who is to do it: somebody below the caller, or of a department in reach.
    owner_id: EmployeeId,
    /// The last day for it.
    due_on: NaiveDate,
    /// What it comes from; its owner must be able to read that.
    #[serde(default)]
    #[validate(nested)]
    origin: Option<GiveTaskOrigin>,
}

/// Give a task. `[TSK-1, TSK-2]`
#[utoipa::path(post, path = "/api/v1/tasks")]
async fn give_task(who: Can<perm::GiveTasks>, body: Valid<GiveTask>, work: UnitOfWork) -> Created<TaskView> {
    work.write(who, move |tx| {
        let GiveTask { title, description, owner_id, due_on, origin } = body.0.clone();
        let origin = origin.map(|GiveTaskOrigin { kind, id, line }| Origin { kind, id: id.uuid(), line });
        let content = TaskContent { title, description };
        let task = deed::give(tx, Given { content, owner: owner_id, due_on, origin })?;
        tasks::show(tx, task)
    })
    .await
}

/// What a task says.
#[derive(Clone, Debug, Deserialize, Serialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct SayTask {
    /// What is to be done.
    #[validate(length(min = 1, max = 200))]
    #[schema(min_length = 1, max_length = 200, example = "补齐合同附件")]
    title: String,
    /// More of it.
    #[serde(default)]
    #[validate(length(max = 2000))]
    #[schema(max_length = 2000)]
    description: String,
}

impl Merged for SayTask {
    const PATCH: &'static str = "ReviseTask";
    const FILLED: &'static [&'static str] = &["description"];
}

/// Change a task. `[TSK-1]`
///
/// By its giver, before it is done. Owner and due change by actions of their own.
#[utoipa::path(patch, path = "/api/v1/tasks/{id}")]
async fn revise_task(
    who: Can<perm::PerformTasks>,
    at: At<Task>,
    patch: Merge<SayTask>,
    work: UnitOfWork,
) -> Reply<TaskView> {
    work.moves(who, at, move |task, tx| {
        let TaskContent { title, description } = task.content.clone();
        let SayTask { title, description } = patch.over(&SayTask { title, description })?;
        deed::decide(tx, task, |task, line, _| task.revise(TaskContent { title, description }, line))
    })
    .await
}

/// Begin a task. `[TSK-1]`
#[utoipa::path(post, path = "/api/v1/tasks/{id}/start")]
async fn start_task(who: Can<perm::PerformTasks>, at: At<Task>, work: UnitOfWork) -> Reply<TaskView> {
    work.moves(who, at, move |task, tx| Ok(task.start(tx.actor(), tx.now())?)).await
}

/// What was done.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct FinishTask {
    /// What was done; without it, files must show it.
    #[serde(default)]
    #[validate(length(min = 1, max = 2000))]
    #[schema(min_length = 1, max_length = 2000, example = "附件已补齐，见扫描件")]
    note: Option<String>,
    /// Uploaded files as evidence.
    #[serde(default)]
    #[validate(length(max = 50))]
    #[schema(max_items = 50)]
    files: Vec<AnyId>,
}

/// Say that a task is done. `[TSK-1]`
///
/// By its owner, with evidence; its giver accepts it or sends it back.
#[utoipa::path(post, path = "/api/v1/tasks/{id}/finish")]
async fn finish_task(
    who: Can<perm::PerformTasks>,
    at: At<Task>,
    body: Valid<FinishTask>,
    work: UnitOfWork,
) -> Reply<TaskView> {
    work.moves(who, at, move |task, tx| {
        let FinishTask { note, files } = body.0.clone();
        deed::finish(tx, task, note, files.into_iter().map(|file| Id::from_uuid(file.uuid())).collect())
    })
    .await
}

/// Accept a task that is done. `[TSK-1]`
///
/// By its giver, never by its owner.
#[utoipa::path(post, path = "/api/v1/tasks/{id}/accept")]
async fn accept_task(who: Can<perm::PerformTasks>, at: At<Task>, work: UnitOfWork) -> Reply<TaskView> {
    work.moves(who, at, move |task, tx| deed::decide(tx, task, Task::accept)).await
}

/// Send a task back. `[TSK-1]`
#[utoipa::path(post, path = "/api/v1/tasks/{id}/send-back")]
async fn send_back_task(
    who: Can<perm::PerformTasks>,
    at: At<Task>,
    body: Valid<Reason>,
    work: UnitOfWork,
) -> Reply<TaskView> {
    work.moves(who, at, move |task, tx| {
        deed::decide(tx, task, |task, line, now| task.send_back(body.reason.clone(), line, now))
    })
    .await
}

/// Cancel a task. `[TSK-1]`
///
/// By its giver, before it is done.
#[utoipa::path(post, path = "/api/v1/tasks/{id}/cancel")]
async fn cancel_task(
    who: Can<perm::PerformTasks>,
    at: At<Task>,
    body: Valid<Reason>,
    work: UnitOfWork,
) -> Reply<TaskView> {
    work.moves(who, at, move |task, tx| {
        deed::decide(tx, task, |task, line, now| task.cancel(body.reason.clone(), line, now))
    })
    .await
}

/// Another due.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct AskTaskDue {
    /// The last day that is asked for.
    due_on: NaiveDate,
    /// Why.
    #[validate(length(min = 1, max = 500))]
    #[schema(min_length = 1, max_length = 500, example = "客户推迟盖章")]
    reason: String,
}

/// Ask for more time for a task. `[TSK-1]`
#[utoipa::path(post, path = "/api/v1/tasks/{id}/ask-due")]
async fn ask_task_due(
    who: Can<perm::PerformTasks>,
    at: At<Task>,
    body: Valid<AskTaskDue>,
    work: UnitOfWork,
) -> Reply<TaskView> {
    work.moves(who, at, move |task, tx| {
        let AskTaskDue { due_on, reason } = body.0.clone();
        Ok(task.ask_due(due_on, reason, tx.actor(), (tx.now(), tx.today()))?)
    })
    .await
}

/// Grant more time for a task. `[TSK-1]`
///
/// The due that was asked for. Whether it is done in time is measured against the first due and the last.
#[utoipa::path(post, path = "/api/v1/tasks/{id}/grant-due")]
async fn grant_task_due(who: Can<perm::PerformTasks>, at: At<Task>, work: UnitOfWork) -> Reply<TaskView> {
    work.moves(who, at, move |task, tx| deed::decide(tx, task, Task::grant_due)).await
}

/// Refuse more time for a task. `[TSK-1]`
#[utoipa::path(post, path = "/api/v1/tasks/{id}/refuse-due")]
async fn refuse_task_due(
    who: Can<perm::PerformTasks>,
    at: At<Task>,
    body: Valid<Reason>,
    work: UnitOfWork,
) -> Reply<TaskView> {
    work.moves(who, at, move |task, tx| {
        deed::decide(tx, task, |task, line, _| task.refuse_due(body.reason.clone(), line))
    })
    .await
}

/// To whom a task goes.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct HandOverTask {
    /// Who owns it from now on.
    owner_id: EmployeeId,
}

/// Give a task to another owner. `[TSK-2]`
///
/// By its giver, before it is done; the new owner must be able to read what it comes from.
#[utoipa::path(post, path = "/api/v1/tasks/{id}/hand-over")]
async fn hand_over_task(
    who: Can<perm::PerformTasks>,
    at: At<Task>,
    body: Valid<HandOverTask>,
    work: UnitOfWork,
) -> Reply<TaskView> {
    work.moves(who, at, move |task, tx| deed::hand_over(tx, task, body.owner_id)).await
}
