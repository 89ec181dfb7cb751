//! Rows of tasks.

use crate::{
    organisation::Organisation,
    schema::tasks,
    spine::{Failure, Instant, Key, Reader, Stored, Tx, db, guard, save_row},
};
use diesel::prelude::*;
use domain::{
    spine::{BusinessDate, EmployeeId, Id, Permission, Version, search_text},
    task::{AskedDue, DueMoved, Origin, Owning, SentBack, Task, TaskContent, TaskState, TaskStatus},
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

#[derive(Queryable, Selectable, Insertable, AsChangeset, Clone, Debug)]
#[diesel(table_name = tasks, treat_none_as_default_value = false, treat_none_as_null = true)]
pub(super) struct Row {
    pub id: Key,
    pub number: String,
    pub title: String,
    pub giver_id: Key,
    pub owner_id: Key,
    pub department_id: Key,
    pub origin_kind: Option<String>,
    pub origin: Option<Key>,
    pub due_on: BusinessDate,
    pub first_due_on: BusinessDate,
    pub done_on: Option<BusinessDate>,
    pub status: String,
    pub detail: String,
    pub given_at: Instant,
    pub changed_at: Instant,
    pub version: Version,
    pub search_text: String,
}

/// What is not searched for.
#[derive(Serialize, Deserialize)]
struct Detail {
    description: String,
    line: Option<i32>,
    owners: Vec<Owning>,
    dues: Vec<DueMoved>,
    asked: Option<AskedDue>,
    status: TaskStatus,
    sent_back: Vec<SentBack>,
}

impl Row {
    fn of(task: &Task, tx: &Tx<'_>) -> Result<Self, Failure> {
        let Task { id, number, content, giver, owners, department, origin, due_on, first_due_on, .. } = task;
        let Task { dues, asked, status, sent_back, given_at, version, .. } = task;
        let TaskContent { title, description } = content;
        let done_on = match status {
            TaskStatus::Done { work } | TaskStatus::Accepted { work, .. } => Some(work.on),
            _ => None,
        };
        let detail = Detail {
            description: description.clone(),
            line: origin.as_ref().and_then(|origin| origin.line),
            owners: owners.clone(),
            dues: dues.clone(),
            asked: asked.clone(),
            status: status.clone(),
            sent_back: sent_back.clone(),
        };
        Ok(Self {
            id: (*id).into(),
            number: number.clone(),
            title: title.clone(),
            giver_id: (*giver).into(),
            owner_id: task.owner().into(),
            department_id: (*department).into(),
            origin_kind: origin.as_ref().map(|origin| origin.kind.clone()),
            origin: origin.as_ref().map(|origin| Key(origin.id)),
            due_on: *due_on,
            first_due_on: *first_due_on,
            done_on,
            status: status.state().code().to_owned(),
            detail: serde_json::to_string(&detail)?,
            given_at: (*given_at).into(),
            changed_at: tx.now().into(),
            version: *version,
            search_text: search_text(&[title], &[number]),
        })
    }
}

impl TryFrom<Row> for Task {
    type Error = Failure;
    fn try_from(row: Row) -> Result<Self, Failure> {
        let Detail { description, line, owners, dues, asked, status, sent_back } =
            serde_json::from_str(&row.detail)?;
        let origin = row.origin_kind.zip(row.origin);
        Ok(Self {
            id: row.id.into(),
            number: row.number,
            content: TaskContent { title: row.title, description },
            giver: row.giver_id.into(),
            owners,
            department: row.department_id.into(),
            origin: origin.map(|(kind, id)| Origin { kind, id: id.0, line }),
            due_on: row.due_on,
            first_due_on: row.first_due_on,
            dues,
            asked,
            status,
            sent_back,
            given_at: row.given_at.into(),
            version: row.version,
        })
    }
}

impl Stored<crate::Base> for Task {
    const GROWING: &'static [&'static str] = &["owners", "dues", "sent_back"];

    fn save(&self, before: Option<&Self>, tx: &mut Tx<'_>) -> Result<(), Failure> {
        let row = Row::of(self, tx)?;
        guard(save_row!(tx, tasks, &row, before)?)
    }
}

/// One task whoever asks: for rules, never for an answer.
pub(super) fn find_unscoped(reader: &mut Reader<'_>, id: Id<Task>) -> Result<Task, Failure> {
    let key = Key::from(id);
    let row: Row = db!(reader, |c| tasks::table.filter(tasks::id.eq(key)).select(Row::as_select()).first(c))?;
    row.try_into()
}

/// One task that the caller may see: what they gave or own, or owned, that of somebody below them, and what lies within
/// reach.
///
/// # Errors
/// Not found where they may not.
pub fn find(reader: &mut Reader<'_>, id: Id<Task>) -> Result<Task, Failure> {
    let task = find_unscoped(reader, id)?;
    let is_mine = |employee: EmployeeId| reader.actor().is(employee);
    let had_it = task.owners.iter().any(|owning| is_mine(owning.employee));
    if is_mine(task.giver) || had_it || reader.reach().covers(task.department, false) {
        return Ok(task);
    }
    if Organisation::caller_is_above(reader, task.owner())? { Ok(task) } else { Err(Failure::NotFound) }
}

/// Whether the caller may read a task, and with it its files.
pub(super) fn may_read(reader: &mut Reader<'_>, task: Uuid) -> Result<bool, Failure> {
    reader.is_seen_by(Permission::ReadTasks, |reader| find(reader, Id::from_uuid(task)))
}

/// The states in which a task has still to be done, as rows keep them.
pub(super) fn pending_codes() -> Vec<&'static str> {
    TaskState::ALL.iter().filter(|state| state.is_pending()).map(|state| state.code()).collect()
}

/// What somebody gave and is not over.
///
/// # Errors
/// Where the database fails.
pub(super) fn given_by(reader: &mut Reader<'_>, giver: EmployeeId) -> Result<Vec<Task>, Failure> {
    let key = Key::from(giver);
    let over = [TaskState::Accepted, TaskState::Cancelled].map(TaskState::code);
    let rows: Vec<Row> = db!(reader, |c| tasks::table
        .filter(tasks::giver_id.eq(key).and(tasks::status.ne_all(over)))
        .order(tasks::id)
        .select(Row::as_select())
        .load(c))?;
    rows.into_iter().map(TryInto::try_into).collect()
}

/// What somebody owns and has still to do.
///
/// # Errors
/// Where the database fails.
pub(super) fn pending_of(reader: &mut Reader<'_>, owner: EmployeeId) -> Result<Vec<Task>, Failure> {
    let key = Key::from(owner);
    let rows: Vec<Row> = db!(reader, |c| tasks::table
        .filter(tasks::owner_id.eq(key).and(tasks::status.eq_any(pending_codes())))
        .order(tasks::id)
        .select(Row::as_select())
        .load(c))?;
    rows.into_iter().map(TryInto::try_into).collect()
}
