//! What people do about an entry: propose it by hand, tell the person, answer, hand it to approvers, confirm, cancel, take
//! it back. `[INC-1, INC-2a]`

use super::{
    apply,
    month::{caps, open_month},
    row::{find_unscoped, of_incident},
    settings,
};
use crate::{
    approval,
    duty::World,
    file,
    organisation::{Register, employee, referred},
    spine::{Failure, Reader, Tx},
};
use domain::{
    approval::{ContentPart, NO_EMPLOYEE, Subject, facts, seen_of},
    file::File,
    incentive_entry::{
        Counter, INCENTIVE_CHAIN, IS_PENALTY, IncentiveAmount, IncentiveEntry, IncentiveState, Incident,
        IncidentKind, NewEntry, UndoGround,
    },
    spine::{BusinessDate, Citation, Currency, EmployeeId, Entity, Id, Money, Permission, Refusal},
};
use serde_json::json;
use uuid::Uuid;

/// What somebody enters by hand.
#[derive(Clone, Debug)]
pub struct ByHand {
    /// Whom it concerns.
    pub employee: EmployeeId,
    /// What is granted or taken.
    pub amount: IncentiveAmount,
    /// The day on which it happened.
    pub on: BusinessDate,
    /// What for.
    pub grounds: String,
    /// The clause it rests on.
    pub clause: String,
    /// Evidence.
    pub evidence: Vec<Id<File>>,
    /// The incident, where it is known elsewhere; nothing else is entered for it.
    pub incident: Option<Uuid>,
}

/// The number of a new entry of this year.
pub(super) fn next_number(tx: &mut Tx<'_>) -> Result<String, Failure> {
    let settings = settings(tx)?;
    crate::spine::next_number(tx, &settings.content.number_prefix)
}

/// Enters something by hand.
///
/// # Errors
/// Somebody out of reach; an incident that has its entry; what is not well formed, all of it named.
pub fn propose(tx: &mut Tx<'_>, by_hand: ByHand) -> Result<IncentiveEntry, Failure> {
    let ByHand { employee, amount, on, grounds, clause, evidence, incident } = by_hand;
    employee::refer(tx, employee, "/employee_id")?;
    let (now, today) = (tx.now(), tx.today());
    let department = Register::of(tx)?.department_on(employee, today);
    let department = department.ok_or_else(|| Failure::corrupt("employees", "department_id", employee))?;
    let within = tx.reach().covers(department, false) || tx.actor().is(employee);
    referred(if within { Ok(()) } else { Err(Failure::NotFound) }, "/employee_id")?;
    let id: Id<IncentiveEntry> = tx.id();
    let incident = Incident { kind: IncidentKind::ByHand, id: incident.unwrap_or_else(|| id.uuid()), on };
    let existing = of_incident(tx, &incident)?;
    let month = open_month(tx, on)?;
    let caps = caps(tx, employee, month, &amount, None)?;
    let citation = Citation::clause("INC-2", &clause);
    let (number, kept) = (next_number(tx)?, evidence.clone());
    let new =
        NewEntry { id, number, employee, department, incident, amount, month, grounds, evidence, citation };
    let by = tx.actor().clone();
    let change = IncentiveEntry::propose(new, existing.as_ref(), &caps, Some(&by), None, (now, today))?;
    let entry = apply(tx, change)?;
    file::attach_exactly(tx, &kept, IncentiveEntry::KIND, id.uuid(), "/evidence")?;
    Ok(entry)
}

/// Tells the person.
///
/// # Errors
/// Where they were told, or it waits for its approvers.
pub fn notify(tx: &mut Tx<'_>, entry: IncentiveEntry) -> Result<IncentiveEntry, Failure> {
    let (settings, world, now) = (settings(tx)?, World::today(tx)?, tx.now());
    let change = entry.notify(&settings.content, now, world.time())?;
    apply(tx, change)
}

/// Hands an entry to its approvers, with a ruling where the person objects.
///
/// # Errors
/// Where it needs no approval, or is not the actor's to hand in, or not now.
pub fn submit(
    tx: &mut Tx<'_>,
    entry: IncentiveEntry,
    ruling: Option<String>,
) -> Result<IncentiveEntry, Failure> {
    let (settings, actor, now) = (settings(tx)?, tx.actor().clone(), tx.now());
    entry.check_submission(ruling.as_deref(), &settings.content, &actor, now)?;
    let submitter = actor.employee.ok_or_else(|| Refusal::new(NO_EMPLOYEE))?;
    let subject = subject(&entry, submitter, tx.today());
    let approval = approval::hand_in(tx, entry.goes_on(), INCENTIVE_CHAIN, subject)?;
    let change = entry.submit(approval.id, ruling, &settings.content, &actor, now)?;
    apply(tx, change)
}

/// An entry as its approval knows it, submitted as its next version.
fn subject(entry: &IncentiveEntry, submitter: EmployeeId, today: BusinessDate) -> Subject {
    let amount = match &entry.amount {
        IncentiveAmount::Money { amount } if amount.currency() == Currency::Cny => {
            Some(Money::from_minor(amount.minor().saturating_abs(), Currency::Cny))
        }
        _ => None,
    };
    Subject {
        kind: IncentiveEntry::KIND.to_owned(),
        document: entry.id.uuid(),
        number: entry.number.clone(),
        submitter,
        creator: submitter,
        beneficiary: entry.employee,
        department: entry.department,
        amount,
        business_date: today,
        fields: facts([
            (IS_PENALTY, json!(entry.uncapped.is_penalty())),
            ("department_id", json!(entry.department)),
        ]),
        version: entry.version + 1,
        // It is never edited: what its approvers see is the entry as it was proposed.
        seen: seen_of(&[(
            ContentPart::Whole,
            json!({"amount": entry.uncapped, "employee": entry.employee, "incident": entry.incident}),
        )]),
    }
}

/// Takes an entry back from its approvers; the engine settles it in the same transaction.
///
/// # Errors
/// Where it does not wait for them, or is not the actor's to take back.
pub fn withdraw(
    tx: &mut Tx<'_>,
    entry: &IncentiveEntry,
    note: Option<String>,
) -> Result<IncentiveEntry, Failure> {
    entry.may_withdraw(tx.actor())?;
    approval::withdraw(tx, entry.goes_on(), note)?;
    find_unscoped(tx, entry.id)
}

/// Confirms an entry that needs no approval.
///
/// # Errors
/// Where it is the actor's own or proposed by them, the person may still answer, or an objection is not answered.
pub fn confirm(
    tx: &mut Tx<'_>,
    entry: IncentiveEntry,
    ruling: Option<String>,
) -> Result<IncentiveEntry, Failure> {
    let settings = settings(tx)?;
    let change = entry.confirm(None, ruling, &settings.content, tx.actor(), tx.now())?;
    apply(tx, change)
}

/// Takes an entry that counts back by one counter-entry, for a reason.
///
/// # Errors
/// Where it does not count, or is the actor's own.
pub fn reverse(tx: &mut Tx<'_>, entry: IncentiveEntry, reason: String) -> Result<IncentiveEntry, Failure> {
    let counter = counter(tx, &entry)?;
    let (entry, counter) = entry.reverse(reason, counter, tx.actor(), tx.now())?;
    let entry = apply(tx, entry)?;
    apply(tx, counter)?;
    Ok(entry)
}

/// Takes an entry back by rule: cancelled before it counts, countered once afterwards, left where that was done. Approvers it
/// waits for have nothing left to decide.
pub(super) fn undo(tx: &mut Tx<'_>, entry: IncentiveEntry, ground: UndoGround) -> Result<(), Failure> {
    let entry = match entry.goes_on().filter(|_| entry.is_in_approval()) {
        Some(approval) => {
            approval::fall_away(tx, approval)?;
            find_unscoped(tx, entry.id)?
        }
        None => entry,
    };
    if entry.status.state() == IncentiveState::Reversed {
        return Ok(());
    }
    let counter = counter(tx, &entry)?;
    for change in entry.undo(ground, counter, tx.now())? {
        apply(tx, change)?;
    }
    Ok(())
}

/// What would take an entry back: a number is used only where that is another entry.
fn counter(tx: &mut Tx<'_>, entry: &IncentiveEntry) -> Result<Counter, Failure> {
    let number = match entry.status.state() {
        IncentiveState::Confirmed | IncentiveState::Executed => next_number(tx)?,
        _ => String::new(),
    };
    Ok(Counter { id: tx.id(), number, month: open_month(tx, entry.month.first())? })
}

/// Whether the caller may read an entry, and with it its files.
pub(super) fn may_read(reader: &mut Reader<'_>, entry: Uuid) -> Result<bool, Failure> {
    reader.is_seen_by(Permission::ReadIncentiveEntries, |reader| super::find(reader, Id::from_uuid(entry)))
}
