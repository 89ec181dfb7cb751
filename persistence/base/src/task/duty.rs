//! A task that is overdue is a duty of its owner. `[TSK-2, DUT-1a]`

use super::row::find_unscoped;
use crate::duty::{Called, Filed, FiledRecord, Undone};
use domain::{
    duty::TakenBy,
    spine::{Entity, Id},
    task::Task,
};
use serde_json::json;

/// The rule that calls for tasks to be done by their day.
pub const RULE: &str = include_str!("../shipped/task_rule.json");

/// A task that is given is to be done by its day; whoever owns it later owes it then, and a due that is granted moves it.
pub static CALLED: Called = Called {
    event: "task.given",
    kind: Task::KIND,
    responsible: |reader, id| Ok(Some(find_unscoped(reader, Id::from_uuid(id))?.owner())),
    gone: &["task.cancelled"],
    passed: &["task.handed_over"],
    redated: &["task.due_moved"],
};

/// One that its owner says is done fulfils it; sent back, it is owed again.
pub static FILED: Filed = Filed {
    source: "task.done",
    zh: "事项已完成",
    en: "A task was done",
    event: "task.done",
    undone: &[Undone { event: "task.sent_back", by: |_| Some(TakenBy::Another) }],
    of: |_, id| Ok(Some(FiledRecord::Record { kind: Task::KIND, id, facts: json!({}) })),
};
