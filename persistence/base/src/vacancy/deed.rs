//! Deeds that move more than the vacancy itself: its approval, and the people who take its places.

use super::{
    apply,
    row::{find_unscoped, of_employee},
    settle::routed,
    standard,
};
use crate::{
    approval::document,
    organisation::referred,
    spine::{Failure, Tx},
};
use domain::{
    organisation::{Employee, Placement},
    spine::{Id, Refusal},
    vacancy::{REQUIRED, Vacancy},
};

/// Hands a vacancy to its approvers.
///
/// # Errors
/// Where it is not the actor's to submit, or not now.
pub fn submit(tx: &mut Tx<'_>, vacancy: Vacancy) -> Result<Vacancy, Failure> {
    vacancy.check_submission(tx.actor(), tx.today())?;
    let routed = routed(tx, &vacancy)?;
    document::submit(tx, vacancy, routed)
}

/// Gives a place of a vacancy to somebody who is taken on or moved in; without a vacancy, asks whether the company allows
/// that. Two who come for the last place at the same time: one of them is refused. `[ORG-2b]`
///
/// # Errors
/// Where the vacancy is not for that, or has no place left; `vacancy.required`.
pub fn take(
    tx: &mut Tx<'_>,
    vacancy: Option<Id<Vacancy>>,
    employee: &Employee,
    to: &Placement,
) -> Result<(), Failure> {
    let Some(vacancy) = vacancy else { return refuse_without(tx, to) };
    let vacancy = referred(find_unscoped(tx, vacancy), "/vacancy_id")?;
    let (person, post) = ((employee.id, to.from), (to.department, to.position));
    let change = vacancy.take(person, post, (tx.now(), tx.today()))?;
    apply(tx, change)?;
    Ok(())
}

/// Whoever gets no position needs no vacancy; whoever does, only where the company says so.
fn refuse_without(tx: &mut Tx<'_>, to: &Placement) -> Result<(), Failure> {
    let on = to.from.max(tx.today());
    let standard = standard(tx, on)?;
    if to.position.is_none() || !standard.content.hiring_names_vacancy {
        return Ok(());
    }
    Err(Refusal::new(REQUIRED).citing(standard.cite("ORG-2b", None)).at("/vacancy_id").into())
}

/// Frees the places of somebody who now never starts in them, and gives back to somebody who does after all what was theirs.
/// Called in the unit of work that moved the employee.
///
/// # Errors
/// `vacancy.place_given_away` where somebody else has the place meanwhile.
pub fn follow(tx: &mut Tx<'_>, employee: &Employee) -> Result<(), Failure> {
    let (now, today) = (tx.now(), tx.today());
    for id in of_employee(tx, employee.id, today)? {
        let vacancy = find_unscoped(tx, id)?;
        let Some(last) = vacancy.taken.iter().rev().find(|taken| taken.employee == employee.id) else {
            continue;
        };
        let (from, content) = (last.from, &vacancy.content);
        let starts = employee.starts(from, content.department, content.position);
        match (starts, vacancy.holds_place(employee.id)) {
            (false, true) => {
                if let Some(freed) = vacancy.free(employee.id, now) {
                    apply(tx, freed)?;
                }
            }
            (true, false) => {
                let back = vacancy.give_back(employee.id, from, now)?;
                apply(tx, back)?;
            }
            _ => {}
        }
    }
    Ok(())
}

/// Ends a vacancy whose last day has passed; safe to be done by several servers, and twice.
///
/// # Errors
/// Where the database fails.
pub fn expire(tx: &mut Tx<'_>, id: Id<Vacancy>) -> Result<(), Failure> {
    let (now, today) = (tx.now(), tx.today());
    if let Some(change) = find_unscoped(tx, id)?.expire(now, today) {
        apply(tx, change)?;
    }
    Ok(())
}
