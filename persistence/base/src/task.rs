//! Tasks in the database: found by who gave or owns them and within reach, passed on when an owner goes. `[TSK-1, TSK-2]`

/// What is done with a task, and what follows elsewhere.
pub mod deed;
/// Which duties it calls for and fulfils.
mod duty;
/// The tasks within the caller's sight.
pub mod list;
mod row;
mod tiding;
/// What one task looks like.
pub mod view;

pub use list::{TaskFilter, TaskSummary, list};
pub use row::find;
pub use view::{TASK, TaskView, show, view};

use crate::{
    file,
    policy::Shipped,
    spine::{Failure, Part, Tx},
};
use domain::{
    spine::{Change, Entity},
    task::Task,
};

/// What this noun brings to its wing.
pub(crate) const NOUN: &[Part] = &[
    &file::DocumentKind { kind: Task::KIND, may_read: row::may_read },
    &duty::CALLED,
    &duty::FILED,
    &tiding::TIDINGS,
    &Shipped::text("duty-rule/task", "事项完成", "000 §3 营销计划的执行", duty::RULE),
];

crate::spine::resource! { crate::Base: Task as TaskView; find, apply, show = show }

/// Writes a change of a task.
pub fn apply(tx: &mut Tx<'_>, change: Change<Task>) -> Result<Task, Failure> {
    tx.apply(change)
}
