//! What people do about a duty: report it done, confirm or return that, let it go, give more time, hand it over.
//! `[DUT-2j]`

use super::{World, apply};
use crate::{
    file,
    organisation::employee,
    spine::{Failure, Reader, Tx},
};
use domain::{
    duty::{Duty, actions::Line},
    file::File,
    spine::{Actor, EmployeeId, Entity, Id, Timestamp},
};

/// The superiors of who is responsible, the nearest first; of who heads everything, nobody.
pub(super) fn superiors(world: &World, duty: &Duty) -> Vec<EmployeeId> {
    duty.responsible().map_or_else(Vec::new, |responsible| world.organisation.superiors_of(responsible))
}

/// Does something about a duty with who acts and the line above it.
fn act(
    tx: &mut Tx<'_>,
    duty: Duty,
    deed: impl FnOnce(Duty, Line<'_>, &World) -> Result<domain::spine::Change<Duty>, domain::spine::Refusal>,
) -> Result<Duty, Failure> {
    let world = World::today(tx)?;
    let superiors = superiors(&world, &duty);
    let actor: Actor = tx.actor().clone();
    let change = deed(duty, Line { by: &actor, superiors: &superiors }, &world)?;
    apply(tx, change)
}

/// Reports a duty done, with a note or files as evidence.
///
/// # Errors
/// Where it is not the actor's, not done by hand, or settled already.
pub fn report(
    tx: &mut Tx<'_>,
    duty: Duty,
    note: Option<String>,
    files: Vec<Id<File>>,
) -> Result<Duty, Failure> {
    let (now, id) = (tx.now(), duty.id);
    let kept = files.clone();
    let duty = act(tx, duty, |duty, line, world| {
        let rule = world.rules.version(&duty.rule).map(|rule| rule.content.fulfilled_by.clone());
        let manual = rule.map_err(|_| domain::spine::Refusal::new(domain::duty::OTHER_SOURCE))?;
        duty.report(note, files, &manual, line, now)
    })?;
    file::attach_exactly(tx, &kept, Duty::KIND, id.uuid(), "/files")?;
    Ok(duty)
}

/// Confirms what was reported.
///
/// # Errors
/// Where nothing waits for that, or it is not the actor's to confirm.
pub fn confirm(tx: &mut Tx<'_>, duty: Duty) -> Result<Duty, Failure> {
    let now = tx.now();
    act(tx, duty, |duty, line, _| duty.confirm(line, now))
}

/// Returns what was reported.
///
/// # Errors
/// As [`confirm`]; without a reason.
pub fn return_report(tx: &mut Tx<'_>, duty: Duty, reason: String) -> Result<Duty, Failure> {
    let now = tx.now();
    act(tx, duty, |duty, line, world| {
        duty.return_report(reason, line, now, &world.settings.content, world.time())
    })
}

/// Lets a duty go.
///
/// # Errors
/// Where it is settled, or the actor is no superior of who owes it.
pub fn waive(tx: &mut Tx<'_>, duty: Duty, reason: String) -> Result<Duty, Failure> {
    let now = tx.now();
    act(tx, duty, |duty, line, _| duty.waive(reason, line, now))
}

/// Gives more time.
///
/// # Errors
/// As [`waive`]; where the new due is not later.
pub fn extend(tx: &mut Tx<'_>, duty: Duty, due: Timestamp, reason: String) -> Result<Duty, Failure> {
    let now = tx.now();
    act(tx, duty, |duty, line, world| duty.extend(due, reason, line, now, world.time()))
}

/// Hands a duty of a post or a record to somebody else.
///
/// # Errors
/// Where it is a person's own, or the actor is no superior of who owes it; somebody who does not work here.
pub fn hand_over(tx: &mut Tx<'_>, duty: Duty, to: EmployeeId) -> Result<Duty, Failure> {
    let (now, today) = (tx.now(), tx.today());
    employee::refer_superior(tx, to, today, "/employee_id")?;
    act(tx, duty, |duty, line, _| duty.hand_over(to, line, now))
}

/// Whether the caller may read a duty, and with it its files.
pub(super) fn may_read(reader: &mut Reader<'_>, duty: uuid::Uuid) -> Result<bool, Failure> {
    reader
        .is_seen_by(domain::spine::Permission::ReadDuties, |reader| super::find(reader, Id::from_uuid(duty)))
}
