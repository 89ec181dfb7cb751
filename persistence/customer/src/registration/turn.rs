//! Ownership is told what was registered, as far as the registration stands: whoever comes is the customer of whoever's turn it
//! was where turns are kept, and whoever takes a customer from a pool out of turn claims them. `[OWN-11, OWN-15, QUE-1]`

use crate::{
    customer_file::standing,
    organisation::Register,
    ownership::{
        self,
        deed::{ensure_may_take, learn, learn_as},
        serving::serves_customers,
    },
    reception_queue,
    spine::{Failure, Tx},
};
use domain::{
    ownership::{Channel, Derived, Fact, FactId, Outcome, Ownership, Registered, Serving, What},
    reception::Reception,
    reception_queue::Turn,
    registration::{NEEDS_RECEPTION, Registration, RegistrationContent},
    site::Site,
    spine::{AnyId, Citation, EmployeeId, Id, Refusal},
};
use std::collections::BTreeSet;

/// Tells ownership what was registered, of a reception where it came of one.
///
/// # Errors
/// `ownership.refused` with the rule that stands against it; `registration.needs_reception`; what keeps the receiver from taking
/// somebody out of a pool.
pub(super) fn tell(
    tx: &mut Tx<'_>,
    registration: &Registration,
    site: &Site,
    reception: Option<&Reception>,
) -> Result<(), Failure> {
    let content = &registration.content;
    let known = ownership::load(tx, content.customer)?;
    if registration.completed_at.is_none() {
        ensure_received(tx, registration, reception, known.standing.owner)?;
        let receiver = registration.receiver;
        let scope = site.details.policy.clone();
        let registration = AnyId::from_uuid(registration.id.uuid());
        return learn(tx, known, What::RegistrationBegun { registration, receiver, scope }).map(drop);
    }
    let registered = registered(tx, registration, site, reception, &known.facts)?;
    let (is_in_turn, what) = (registered.is_in_turn, What::Registered(Box::new(registered)));
    let id: FactId = tx.id();
    let (book, now, zone) = (ownership::book(tx)?, tx.now(), tx.zone());
    let (before, after) =
        (known.as_of(&book, now, zone), known.foreseen((id, what.clone()), &book, (now, zone)));
    if !is_in_turn {
        ensure_due(tx, registration, reception, (&before, &after), id)?;
        ensure_may_own(tx, &known, &after, id)?;
    }
    learn_as(tx, known, (id, what)).map(drop)
}

/// Whether a way by which customers come leads through the door of the site.
const fn comes_in(channel: Channel) -> bool {
    matches!(channel, Channel::WalkIn | Channel::Assigned)
}

/// Refuses what would give a customer to whoever was not to receive them: for having received them alone it must have been their
/// turn, and who walks in while nobody owns them is received by somebody.
fn ensure_due(
    tx: &mut Tx<'_>,
    registration: &Registration,
    reception: Option<&Reception>,
    (before, after): (&Derived, &Derived),
    id: FactId,
) -> Result<(), Failure> {
    let Some(decision) = after.decided(id) else { return Ok(()) };
    if matches!(decision.outcome, Outcome::Refused { .. }) {
        return Ok(());
    }
    let (channel, receiver) = (registration.content.channel, registration.receiver);
    let gains = after.standing().is_partly_of(receiver) && !before.standing().is_partly_of(receiver);
    // Whom another customer brings comes in as well, but for those whom the introduction itself gives away.
    let owes_turn = comes_in(channel) || channel == Channel::Referral;
    if gains && owes_turn && decision.rule.is_by_reception() {
        return ensure_no_turns(tx, registration);
    }
    ensure_received(tx, registration, reception, before.standing().owner())
}

fn ensure_received(
    tx: &mut Tx<'_>,
    registration: &Registration,
    reception: Option<&Reception>,
    owner: Option<EmployeeId>,
) -> Result<(), Failure> {
    if reception.is_some() || owner.is_some() || !comes_in(registration.content.channel) {
        return Ok(());
    }
    ensure_no_turns(tx, registration)
}

/// Turns were not kept at the site as it was registered.
fn ensure_no_turns(tx: &mut Tx<'_>, registration: &Registration) -> Result<(), Failure> {
    if !reception_queue::keeps_turns(tx, registration.content.site, registration.registered_at)? {
        return Ok(());
    }
    Err(Refusal::new(NEEDS_RECEPTION).citing(Citation::rule("OWN-11")).at("/reception_id").into())
}

/// Who takes a customer out of a pool otherwise than in turn claims them, by whatever way they are said to have come.
fn ensure_may_own(tx: &mut Tx<'_>, known: &Ownership, after: &Derived, id: FactId) -> Result<(), Failure> {
    match after.taken_from_pool(id) {
        Some(owner) => ensure_may_take(tx, known, owner).map(drop),
        None => Ok(()),
    }
}

/// The registration with what the server knows around it in this instant.
fn registered(
    tx: &mut Tx<'_>,
    registration: &Registration,
    site: &Site,
    reception: Option<&Reception>,
    facts: &[Fact],
) -> Result<Registered, Failure> {
    let RegistrationContent { channel, inquiry, entrusted_by, is_peer, .. } = registration.content.clone();
    let introducer = inquiry.introducer.map(|introducer| Id::from_uuid(introducer.uuid()));
    let introducers_owner = match introducer {
        Some(introducer) => standing::of(tx, introducer)?.owner,
        None => None,
    };
    let on_duty = reception.filter(|reception| reception.turn == Turn::LunchDuty);
    let lunch_duty = on_duty.map(|reception| reception.receiver).or(site.lunch_duty);
    let receives = reception.is_some_and(Reception::is_in_turn);
    let named = inquiry.asks_for.into_iter().chain(introducers_owner);
    let serving = serving(tx, named.chain(facts.iter().filter_map(would_have)).collect())?;
    Ok(Registered {
        registration: AnyId::from_uuid(registration.id.uuid()),
        channel,
        site: AnyId::from_uuid(site.id.uuid()),
        scope: site.details.policy.clone(),
        receiver: registration.receiver,
        named_serves_nobody: false,
        department: AnyId::from_uuid(registration.department.uuid()),
        serving: Some(serving),
        is_in_turn: receives || lunch_duty == Some(registration.receiver),
        inquiry,
        // A later version of it: it was written before, and completed now.
        begun_at: (registration.version > 1).then_some(registration.registered_at),
        is_before_opening: site.is_before_opening(tx.today()),
        lunch_duty,
        introducers_owner,
        entrusted_by,
        is_peer,
    })
}

/// Who would have the customer by what was announced.
const fn would_have(fact: &Fact) -> Option<EmployeeId> {
    match &fact.what {
        What::Related { relative } => Some(*relative),
        What::Introduced { representative, .. } => *representative,
        _ => None,
    }
}

/// Those of them who receive customers, each with where they work.
fn serving(tx: &mut Tx<'_>, people: BTreeSet<EmployeeId>) -> Result<Vec<Serving>, Failure> {
    let today = tx.today();
    let mut serving = Vec::new();
    for employee in people {
        if !serves_customers(tx, employee)? {
            continue;
        }
        if let Some(department) = Register::of(tx)?.department_on(employee, today) {
            serving.push(Serving { employee, department: AnyId::from_uuid(department.uuid()) });
        }
    }
    Ok(serving)
}
