//! Approvers who are gone: their open tasks move in the transaction that takes them away. `[APR-9, ORG-4]`

use super::record::load_locked;
use crate::{
    organisation::Organisation,
    schema::{approval_boxes, approval_tasks, employees, users},
    spine::{Failure, Key, Reader, Tx, cached, db, padded},
};
use diesel::{
    dsl::{exists, not},
    prelude::*,
};
use domain::{
    approval::{Approval, Circumstances, Directory, Origin, Task, Unavailable, own_people, stand_ins},
    spine::EmployeeId,
};

/// Moves the open tasks of somebody who leaves, is disabled, or is absent from today: to the stand-in, else to
/// the active superior who is neither submitter nor beneficiary, else to the fallback. To be called after the
/// organisation was changed, in the same unit of work. Answers how many approvals moved.
///
/// The person's row is locked first: whoever opens a task for them at the same time comes either before, and
/// their task is moved here, or after, and finds them gone (see [`must_still_be_here`]).
pub fn move_open_tasks(tx: &mut Tx<'_>, of: EmployeeId, why: Unavailable) -> Result<usize, Failure> {
    move_where(tx, of, why, |_, _| true)
}

/// Lets somebody whose absence ended have the open tasks again that went to others for it. Doing it twice, or while they
/// are still away, changes nothing.
pub fn return_tasks(tx: &mut Tx<'_>, to: EmployeeId) -> Result<(), Failure> {
    let person = Key::from(to);
    tx.connection().lock_row("employees", person)?;
    let open = approval_tasks::on_behalf_of_id.eq(person).and(approval_tasks::state.eq("open"));
    let concerned: Vec<Key> = db!(tx, |c| approval_tasks::table
        .filter(open)
        .order(approval_tasks::approval_id)
        .select(approval_tasks::approval_id)
        .distinct()
        .load(c))?;
    if concerned.is_empty() {
        return Ok(());
    }
    let organisation = Organisation::today(tx)?;
    for id in concerned {
        let approval = load_locked(tx, id.into())?;
        let (directory, ids) = (organisation.as_ref(), tx.ids());
        let world = Circumstances { directory, ids, now: tx.now(), today: tx.today() };
        if let Some(change) = approval.return_tasks(to, world) {
            tx.apply(change)?;
        }
    }
    Ok(())
}

/// Moves the open tasks of those of these people who may decide nothing any more: a role was taken from them, or
/// became less. To be called after that, in the same unit of work.
pub fn release_tasks(tx: &mut Tx<'_>, people: impl IntoIterator<Item = EmployeeId>) -> Result<(), Failure> {
    let (organisation, today) = (Organisation::today(tx)?, tx.today());
    for person in people.into_iter().filter(|person| !organisation.is_active(*person, today)) {
        move_open_tasks(tx, person, Unavailable::Disabled)?;
    }
    Ok(())
}

/// Who holds open tasks and may decide nothing today, as where the last day of a grant has passed.
pub fn powerless(reader: &mut Reader<'_>) -> Result<Vec<EmployeeId>, Failure> {
    let holders: Vec<Key> = db!(reader, |c| approval_boxes::table
        .filter(approval_boxes::box_.eq("waiting"))
        .order(approval_boxes::employee_id)
        .select(approval_boxes::employee_id)
        .distinct()
        .load(c))?;
    let (organisation, today) = (Organisation::today(reader)?, reader.today());
    let holders = holders.into_iter().map(EmployeeId::from);
    Ok(holders.filter(|holder| !organisation.is_active(*holder, today)).collect())
}

/// Moves what has become the own document of those who stand in for somebody absent today: the open tasks they
/// hold of approvals in which that person is a party, since nobody decides about their own. `[APR-4, APR-9]`
pub fn move_tasks_of_stand_ins(tx: &mut Tx<'_>, absent: EmployeeId) -> Result<(), Failure> {
    let (organisation, today) = (Organisation::today(tx)?, tx.today());
    for person in stand_ins(organisation.as_ref(), absent, today) {
        move_where(tx, person, Unavailable::StandsIn, |approval, organisation| {
            own_people(&approval.subject, organisation, today).contains(&person)
        })?;
    }
    Ok(())
}

fn move_where(
    tx: &mut Tx<'_>,
    of: EmployeeId,
    why: Unavailable,
    concerned: impl Fn(&Approval, &Organisation) -> bool,
) -> Result<usize, Failure> {
    let person = Key::from(of);
    tx.connection().lock_row("employees", person)?;
    let mine = approval_boxes::employee_id.eq(person).and(approval_boxes::box_.eq("waiting"));
    let waiting: Vec<Key> = db!(tx, |c| approval_boxes::table
        .filter(mine)
        .order(approval_boxes::approval_id)
        .select(approval_boxes::approval_id)
        .load(c))?;
    if waiting.is_empty() {
        return Ok(0);
    }
    let organisation = Organisation::today(tx)?;
    let mut moved = 0;
    for id in waiting {
        let approval = load_locked(tx, id.into())?;
        let world = Circumstances {
            directory: organisation.as_ref(),
            ids: tx.ids(),
            now: tx.now(),
            today: tx.today(),
        };
        if !concerned(&approval, &organisation) {
            continue;
        }
        if let Some(change) = approval.move_tasks(of, why, world) {
            tx.apply(change)?;
            moved += 1;
        }
    }
    Ok(moved)
}

/// Refuses to open a task for somebody who went, or began to be absent or to stand in for a party, meanwhile: the
/// unit of work is done again and sees it. The foreign key of the task has made it wait for whoever holds the
/// person's row.
pub(super) fn must_still_be_here<'t>(
    tx: &mut Tx<'_>,
    opened: impl Iterator<Item = &'t Task>,
) -> Result<(), Failure> {
    let assignees: Vec<Key> =
        opened.filter(|task| task.origin != Origin::Stuck).map(|task| task.assignee.into()).collect();
    if assignees.is_empty() {
        return Ok(());
    }
    let assignees = padded(&assignees);
    let account = users::employee_id.eq(employees::id.nullable()).and(users::disabled_at.is_null());
    let is_gone = employees::status.eq("left").or(not(exists(users::table.filter(account))));
    let gone: i64 = db!(tx, |c| cached(
        employees::table.filter(employees::id.eq_any(&assignees)).filter(is_gone).count()
    )
    .get_result(c))?;
    // Who is absent and who stands in was read from master data, which may have moved while this unit waited.
    if gone == 0 && tx.master_is_current()? { Ok(()) } else { Err(Failure::Moved) }
}
