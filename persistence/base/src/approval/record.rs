//! The rows of an approval: written by its changes, read back whole.

use super::row::{HistoryRow, Row, TaskRow};
use crate::{
    schema::{
        approval_boxes, approval_copies, approval_history, approval_tasks, approvals, document_readers,
    },
    spine::{
        Failure, Instant, Key, Reader, Stored, Tx, cached, db, guard, insert_all, insert_missing, save_row,
    },
};
use diesel::prelude::*;
use domain::{
    approval::{Approval, Copied, TaskState},
    spine::{EmployeeId, Id},
};
use std::collections::BTreeSet;

impl Stored<crate::Base> for Approval {
    const GROWING: &'static [&'static str] = &["rounds", "tasks", "history", "copies"];

    fn save(&self, before: Option<&Self>, tx: &mut Tx<'_>) -> Result<(), Failure> {
        let row = Row::of(self, tx.now())?;
        guard(save_row!(tx, approvals, &row, before)?)?;
        save_tasks(self, before, tx)?;
        save_history(self, before, tx)?;
        save_copies(self, before, tx)?;
        save_boxes(self, before, tx)
    }
}

fn save_tasks(after: &Approval, before: Option<&Approval>, tx: &mut Tx<'_>) -> Result<(), Failure> {
    let old = before.map_or(&[][..], |before| &before.tasks);
    for (task, was) in after.tasks.iter().zip(old) {
        if task != was {
            let row = TaskRow::of(after.id.into(), task)?;
            let mine = approval_tasks::id.eq(row.id);
            db!(tx, |c| cached(diesel::update(approval_tasks::table.filter(mine)).set(&row)).execute(c))?;
        }
    }
    let new = after.tasks.iter().skip(old.len());
    let rows = new.map(|task| TaskRow::of(after.id.into(), task)).collect::<Result<Vec<_>, _>>()?;
    insert_all!(tx, approval_tasks::table, &rows);
    let opened = after.tasks.iter().skip(old.len()).filter(|task| task.state == TaskState::Open);
    super::unavailable::must_still_be_here(tx, opened)
}

fn save_history(after: &Approval, before: Option<&Approval>, tx: &mut Tx<'_>) -> Result<(), Failure> {
    let old = before.map_or(0, |before| before.history.len());
    let new = after.history.iter().skip(old);
    let rows = new.map(|entry| HistoryRow::of(after.id.into(), entry)).collect::<Result<Vec<_>, _>>()?;
    insert_all!(tx, approval_history::table, &rows);
    Ok(())
}

fn save_copies(after: &Approval, before: Option<&Approval>, tx: &mut Tx<'_>) -> Result<(), Failure> {
    let old = before.map_or(0, |before| before.copies.len());
    for copy in after.copies.iter().skip(old) {
        let Copied { to, by, at } = copy;
        let row = (
            approval_copies::approval_id.eq(Key::from(after.id)),
            approval_copies::to_id.eq(Key::from(*to)),
            approval_copies::by_id.eq(Key::from(*by)),
            approval_copies::at.eq(Instant::from(*at)),
        );
        db!(tx, |c| diesel::insert_into(approval_copies::table).values(row).execute(c))?;
    }
    Ok(())
}

/// Whose boxes it lies in; all of them may read the document.
fn boxes(approval: &Approval) -> BTreeSet<(EmployeeId, &'static str)> {
    let mut boxes = BTreeSet::new();
    let [submitter, beneficiary, creator] = approval.subject.parties();
    boxes.extend([(submitter, "sent"), (creator, "sent"), (beneficiary, "past")]);
    boxes.extend(approval.copies.iter().map(|copy| (copy.to, "copied")));
    for task in &approval.tasks {
        boxes.insert((task.assignee, "past"));
        match task.state {
            TaskState::Open => boxes.insert((task.assignee, "waiting")),
            TaskState::Decided { .. } => boxes.insert((task.assignee, "decided")),
            TaskState::Closed { .. } => false,
        };
    }
    boxes
}

fn save_boxes(after: &Approval, before: Option<&Approval>, tx: &mut Tx<'_>) -> Result<(), Failure> {
    let (new, old) = (boxes(after), before.map(boxes).unwrap_or_default());
    let id = Key::from(after.id);
    for (employee, name) in old.difference(&new) {
        let mine = approval_boxes::employee_id
            .eq(Key::from(*employee))
            .and(approval_boxes::box_.eq(*name))
            .and(approval_boxes::approval_id.eq(id));
        db!(tx, |c| diesel::delete(approval_boxes::table.filter(mine)).execute(c))?;
    }
    let added: Vec<BoxRow<'_>> = new
        .difference(&old)
        .map(|(employee, name)| BoxRow { employee_id: (*employee).into(), box_: name, approval_id: id })
        .collect();
    insert_all!(tx, approval_boxes::table, &added);
    let readers: BTreeSet<Key> = added.iter().map(|row| row.employee_id).collect();
    let (document_kind, document) = (after.subject.kind.as_str(), Key(after.subject.document));
    let readers: Vec<ReaderRow<'_>> =
        readers.into_iter().map(|employee_id| ReaderRow { document_kind, document, employee_id }).collect();
    // Who could read it before still can.
    let _new: usize = insert_missing!(tx, document_readers::table, &readers);
    Ok(())
}

#[derive(Insertable)]
#[diesel(table_name = approval_boxes)]
struct BoxRow<'a> {
    employee_id: Key,
    box_: &'a str,
    approval_id: Key,
}

#[derive(Insertable)]
#[diesel(table_name = document_readers)]
struct ReaderRow<'a> {
    document_kind: &'a str,
    document: Key,
    employee_id: Key,
}

/// One approval, whoever acts on it: it stands still until the unit of work ends, so that its row, tasks and history
/// belong together even where each statement sees what was committed last.
pub(super) fn load_locked(tx: &mut Tx<'_>, id: Id<Approval>) -> Result<Approval, Failure> {
    tx.connection().lock_rows("approvals", &[Key::from(id)])?;
    load(tx, id)
}

/// One approval, whoever asks.
pub(super) fn load(reader: &mut Reader<'_>, id: Id<Approval>) -> Result<Approval, Failure> {
    let key = Key::from(id);
    let row: Row = db!(reader, |c| approvals::table.find(key).select(Row::as_select()).first(c))?;
    let tasks: Vec<TaskRow> = db!(reader, |c| approval_tasks::table
        .filter(approval_tasks::approval_id.eq(key))
        .order(approval_tasks::id)
        .select(TaskRow::as_select())
        .load(c))?;
    let history: Vec<HistoryRow> = db!(reader, |c| approval_history::table
        .filter(approval_history::approval_id.eq(key))
        .order(approval_history::number)
        .select(HistoryRow::as_select())
        .load(c))?;
    let copies: Vec<(Key, Key, Instant)> = db!(reader, |c| approval_copies::table
        .filter(approval_copies::approval_id.eq(key))
        .order((approval_copies::at, approval_copies::to_id))
        .select((approval_copies::to_id, approval_copies::by_id, approval_copies::at))
        .load(c))?;
    let copied = |(to, by, at): (Key, Key, Instant)| Copied { to: to.into(), by: by.into(), at: at.into() };
    row.approval(
        tasks.into_iter().map(TaskRow::task).collect::<Result<_, _>>()?,
        history.into_iter().map(HistoryRow::entry).collect::<Result<_, _>>()?,
        copies.into_iter().map(copied).collect(),
    )
}
