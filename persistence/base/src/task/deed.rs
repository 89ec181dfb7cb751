//! What is done with a task: given to who may do it, and passed on when its owner goes or is away. `[TSK-1, TSK-2]`

use super::{
    apply,
    row::{given_by, pending_of},
};
use crate::{
    file::{self, DocumentKind},
    identity::account,
    organisation::{Organisation, employee},
    spine::{Credential, Failure, Reader, Tx},
};
use domain::{
    approval::Directory,
    duty::actions::Line,
    file::File,
    spine::{BusinessDate, Change, DepartmentId, EmployeeId, Entity, Id, Permission, Refusal, Timestamp},
    task::{
        NUMBER_PREFIX, NewTask, ORIGIN_UNREADABLE, OWNER_OUT_OF_REACH, Origin, OwnedBy, Task, TaskContent,
    },
};

/// What somebody is given.
#[derive(Clone, Debug)]
pub struct Given {
    /// What it says.
    pub content: TaskContent,
    /// Who is to do it.
    pub owner: EmployeeId,
    /// The last day for it.
    pub due_on: BusinessDate,
    /// What it comes from.
    pub origin: Option<Origin>,
}

/// Gives a task to somebody below the actor, or of a department in reach.
///
/// # Errors
/// An owner who is out of reach, or may not read what it comes from; a due in the past.
pub fn give(tx: &mut Tx<'_>, given: Given) -> Result<Task, Failure> {
    let Given { content, owner, due_on, origin } = given;
    let department = may_own(tx, owner)?;
    if let Some(origin) = &origin {
        readable(tx, owner, origin)?;
    }
    let number = crate::spine::next_number(tx, NUMBER_PREFIX)?;
    let new = NewTask { id: tx.id(), number, owner, department, due_on, origin };
    let change = Task::give(new, content, tx.actor(), (tx.now(), tx.today()))?;
    apply(tx, change)
}

/// Gives a task by a rule, in the name of somebody who then accepts it.
///
/// # Errors
/// A due in the past; a text that is not well formed.
pub fn give_by_rule(tx: &mut Tx<'_>, giver: EmployeeId, given: Given) -> Result<Task, Failure> {
    let Given { content, owner, due_on, origin } = given;
    let department = Organisation::today(tx)?.department_of(owner).ok_or(Failure::NotFound)?;
    let number = crate::spine::next_number(tx, NUMBER_PREFIX)?;
    let new = NewTask { id: tx.id(), number, owner, department, due_on, origin };
    let change = Task::give_for(new, content, giver, (tx.now(), tx.today()))?;
    apply(tx, change)
}

/// The department of somebody who may be given a task by the actor.
fn may_own(reader: &mut Reader<'_>, owner: EmployeeId) -> Result<DepartmentId, Failure> {
    let today = reader.today();
    employee::refer_superior(reader, owner, today, "/owner_id")?;
    let organisation = Organisation::today(reader)?;
    let department = organisation.department_of(owner).ok_or(Failure::NotFound)?;
    let by = reader.actor();
    let is_below = organisation.line_of(owner).iter().any(|superior| by.is(*superior));
    if is_below || by.reach(Permission::GiveTasks).covers(department, false) {
        return Ok(department);
    }
    Err(Refusal::new(OWNER_OUT_OF_REACH).at("/owner_id").into())
}

/// Refuses where the giver, or the owner-to-be, may not read what a task comes from: nobody is handed what they may not see.
fn readable(reader: &mut Reader<'_>, owner: EmployeeId, origin: &Origin) -> Result<(), Failure> {
    let kind = reader.house().all::<DocumentKind>().find(|kind| kind.kind == origin.kind);
    let refused = || Failure::from(Refusal::new(ORIGIN_UNREADABLE).at("/origin"));
    let kind = kind.ok_or_else(refused)?;
    if !(kind.may_read)(reader, origin.id)? {
        return Err(refused());
    }
    let Some(account) = account::of_employee(reader, owner)? else { return Err(refused()) };
    let sees =
        reader.in_place_of(Credential::Account(account.id), |reader| (kind.may_read)(reader, origin.id))?;
    if sees == Some(true) { Ok(()) } else { Err(refused()) }
}

/// Says that a task is done, with evidence.
///
/// # Errors
/// Where it is not the actor's, or done already.
pub fn finish(
    tx: &mut Tx<'_>,
    task: Task,
    note: Option<String>,
    files: Vec<Id<File>>,
) -> Result<Task, Failure> {
    let (id, kept) = (task.id, files.clone());
    let change = task.finish(note, files, tx.actor(), (tx.now(), tx.today()))?;
    let task = apply(tx, change)?;
    file::attach_exactly(tx, &kept, Task::KIND, id.uuid(), "/files")?;
    Ok(task)
}

/// Gives a task to another owner.
///
/// # Errors
/// As [`give`].
pub fn hand_over(tx: &mut Tx<'_>, task: Task, to: EmployeeId) -> Result<Task, Failure> {
    may_own(tx, to)?;
    if let Some(origin) = &task.origin {
        readable(tx, to, origin)?;
    }
    decide(tx, task, |task, line, now| task.hand_over(to, line, now))
}

/// Decides about a task, with who acts and the superiors of who owns it.
///
/// # Errors
/// What deciding is refused with.
pub fn decide(
    tx: &mut Tx<'_>,
    task: Task,
    deed: impl FnOnce(Task, Line<'_>, Timestamp) -> Result<Change<Task>, Refusal>,
) -> Result<Task, Failure> {
    let superiors = Organisation::today(tx)?.superiors_of(task.owner());
    let (by, now) = (tx.actor().clone(), tx.now());
    let change = deed(task, Line { by: &by, superiors: &superiors }, now)?;
    apply(tx, change)
}

/// Passes on what somebody owned who has left, and what they gave: to the head of their department, else to their superior.
/// Called in the unit of work in which they leave. `[TSK-2]`
///
/// # Errors
/// Where the database fails.
pub fn pass_on_of_leaver(tx: &mut Tx<'_>, leaver: &domain::organisation::Employee) -> Result<(), Failure> {
    let today = tx.today();
    let Some(placement) = leaver.placement_on(today) else { return Ok(()) };
    let organisation = Organisation::today(tx)?;
    let here = |employee: &EmployeeId| *employee != leaver.id && organisation.works_here(*employee, today);
    let head = organisation.department_head(placement.department).filter(here);
    let Some(to) = head.or_else(|| placement.superior.filter(here)) else { return Ok(()) };
    pass_on(tx, leaver.id, to, OwnedBy::Left)?;
    for task in given_by(tx, leaver.id)? {
        if let Some(change) = task.given_by(to) {
            apply(tx, change)?;
        }
    }
    Ok(())
}

/// Passes on what somebody owns to who stands in for them.
///
/// # Errors
/// Where the database fails.
pub fn pass_on(tx: &mut Tx<'_>, owner: EmployeeId, to: EmployeeId, by: OwnedBy) -> Result<(), Failure> {
    let now = tx.now();
    for task in pending_of(tx, owner)? {
        if let Some(change) = task.pass_to(to, by, now) {
            apply(tx, change)?;
        }
    }
    Ok(())
}
