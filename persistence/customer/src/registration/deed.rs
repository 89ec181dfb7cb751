//! What registering does: the registration, and whose the customer is, in one transaction. Of two desks that register one
//! customer at once, one comes first and the other is refused by the rule. `[OWN-1 … OWN-9, OWN-11, OWN-12, OWN-17]`

use super::apply;
use crate::{
    customer_file::{self, standing},
    organisation::{employee, referred},
    ownership::{self, deed::learn, serving::serves_customers},
    reception, reception_queue, site,
    spine::{Failure, Tx},
};
use domain::{
    customer_file::{CustomerId, StandingState},
    ownership::{Channel, FirstInquiry, Registered, What},
    reception::Reception,
    reception_queue::Turn,
    registration::{
        ASK_FIRST, CLAIMED_AHEAD, CONTRADICTS, NEEDS_RECEPTION, NO_EMPLOYEE, NOT_REACHABLE, NUMBER_PREFIX,
        Registration, RegistrationContent, SELF_INTRODUCED,
    },
    site::Site,
    spine::{AnyId, Citation, EmployeeId, Findings, Id, Refusal},
};

/// Registers a customer in the caller's name, of a reception where one is named: who only began in another's place registers
/// nobody, and who received in the lunch duty owns whom they received.
///
/// # Errors
/// `ownership.refused` with the rule that stands against it; a customer who can be neither called nor named by a tax number.
pub fn make(
    tx: &mut Tx<'_>,
    content: RegistrationContent,
    reception: Option<Id<Reception>>,
) -> Result<Registration, Failure> {
    let department = tx.actor().department.ok_or_else(|| Refusal::new(NO_EMPLOYEE))?;
    let site = referred(site::load(tx, content.site), "/site_id")?;
    check_customer(tx, content.customer)?;
    check_inquiry(tx, content.customer, &content.inquiry)?;
    if content.claimed_at.is_some_and(|claimed| claimed > tx.now()) {
        return Err(Refusal::new(CLAIMED_AHEAD).citing(Citation::rule("OWN-1")).at("/claimed_at").into());
    }
    if let Some(by) = content.entrusted_by {
        employee::refer(tx, by, "/entrusted_by_id")?;
    }
    ensure_in_turn(tx, &content, reception.is_some())?;
    let reception = reception.map(|id| reception::deed::refer(tx, id, site.id, "/reception_id"));
    let reception = reception.transpose()?;
    let content = of_reception(tx, content, reception.as_ref());
    let (id, number) = (tx.id(), crate::spine::next_number(tx, NUMBER_PREFIX)?);
    let change = Registration::make((id, number), content, department, tx.actor(), tx.now())?;
    let registration = apply(tx, change)?;
    let on_duty = reception.as_ref().filter(|reception| reception.turn == Turn::LunchDuty);
    let on_duty = on_duty.map(|reception| reception.receiver).or(site.lunch_duty);
    if let Some(reception) = reception {
        reception::deed::register(tx, reception, &registration)?;
    }
    tell(tx, &registration, &site, on_duty)?;
    Ok(registration)
}

/// Who received somebody who asked for another only began in that one's place, as the reception tells.
fn of_reception(
    tx: &Tx<'_>,
    content: RegistrationContent,
    reception: Option<&Reception>,
) -> RegistrationContent {
    let entrusted = reception.filter(|reception| tx.actor().is(reception.receiver));
    let by = entrusted.and_then(Reception::entrusted_by);
    RegistrationContent { entrusted_by: content.entrusted_by.or(by), ..content }
}

/// A blank answer is no way round whose the customer is; and whom the company passes on, or who stands in a pool, is
/// registered by whoever's turn it is where there are turns. `[OWN-2, OWN-11, OWN-15]`
fn ensure_in_turn(tx: &mut Tx<'_>, content: &RegistrationContent, is_received: bool) -> Result<(), Failure> {
    let standing = standing::of(tx, content.customer)?;
    let is_anothers = standing.owner.is_some_and(|owner| !tx.actor().is(owner));
    if is_anothers && !content.inquiry.is_complete() {
        let missing = content.inquiry.missing().into_iter();
        let mut findings = Findings::new();
        missing.for_each(|name| findings.add(format!("/inquiry/{name}"), ASK_FIRST));
        findings.into_result().map_err(|refusal| refusal.citing(Citation::rule("OWN-2")))?;
    }
    let is_pooled = matches!(standing.state, StandingState::DepartmentPool | StandingState::CentrePool);
    let takes_turn =
        content.channel == Channel::Assigned || (is_pooled && content.channel == Channel::WalkIn);
    if is_received || !takes_turn {
        return Ok(());
    }
    let today = tx.today();
    match reception_queue::of_day(tx, content.site, today) {
        Ok(_) => {
            Err(Refusal::new(NEEDS_RECEPTION).citing(Citation::rule("OWN-11")).at("/reception_id").into())
        }
        Err(Failure::NotFound) => Ok(()),
        Err(failure) => Err(failure),
    }
}

/// Asks what was not asked.
///
/// # Errors
/// `registration.not_receiver`, `registration.complete_already`.
pub fn complete(
    tx: &mut Tx<'_>,
    registration: Registration,
    inquiry: FirstInquiry,
) -> Result<Registration, Failure> {
    check_inquiry(tx, registration.content.customer, &inquiry)?;
    let change = registration.complete(inquiry, tx.actor(), tx.now())?;
    let registration = apply(tx, change)?;
    if registration.completed_at.is_some() {
        let site = site::load(tx, registration.content.site)?;
        tell(tx, &registration, &site, site.lunch_duty)?;
    }
    Ok(registration)
}

/// Squatting on a name earns nothing: there must be a phone or a tax number.
fn check_customer(tx: &mut Tx<'_>, customer: CustomerId) -> Result<(), Failure> {
    let customer = referred(customer_file::load(tx, customer), "/customer_id")?;
    customer.ensure_active()?;
    if customer.can_be_reached() {
        return Ok(());
    }
    Err(Refusal::new(NOT_REACHABLE).citing(Citation::rule("OWN-1")).at("/customer_id").into())
}

fn check_inquiry(tx: &mut Tx<'_>, customer: CustomerId, inquiry: &FirstInquiry) -> Result<(), Failure> {
    let mut findings = Findings::new();
    for answer in inquiry.contradictions() {
        findings.add(format!("/inquiry/{answer}"), CONTRADICTS);
    }
    if inquiry.introducer.is_some_and(|introducer| introducer.uuid() == customer.uuid()) {
        findings.add("/inquiry/introducer_id", SELF_INTRODUCED);
    }
    findings.into_result().map_err(|refusal| refusal.citing(Citation::rule("OWN-2")))?;
    let people = [
        (inquiry.phoned_by, "/inquiry/phoned_by_id"),
        (inquiry.asks_for, "/inquiry/asks_for_id"),
        (inquiry.relative, "/inquiry/relative_id"),
    ];
    for (who, pointer) in people {
        if let Some(who) = who {
            employee::refer(tx, who, pointer)?;
        }
    }
    if let Some(elsewhere) = inquiry.elsewhere {
        referred(site::load(tx, Id::from_uuid(elsewhere.uuid())), "/inquiry/elsewhere_id")?;
    }
    if let Some(introducer) = inquiry.introducer {
        referred(standing::of(tx, Id::from_uuid(introducer.uuid())), "/inquiry/introducer_id")?;
    }
    Ok(())
}

/// Tells ownership what was registered.
fn tell(
    tx: &mut Tx<'_>,
    registration: &Registration,
    site: &Site,
    lunch_duty: Option<EmployeeId>,
) -> Result<(), Failure> {
    let RegistrationContent { customer, channel, inquiry, entrusted_by, is_peer, .. } =
        registration.content.clone();
    let id = AnyId::from_uuid(registration.id.uuid());
    let scope = site.details.policy.clone();
    let known = ownership::load(tx, customer)?;
    if registration.completed_at.is_none() {
        let receiver = registration.receiver;
        let begun = What::RegistrationBegun { registration: id, receiver, scope };
        return learn(tx, known, begun).map(drop);
    }
    let introducer = inquiry.introducer.map(|introducer| Id::from_uuid(introducer.uuid()));
    let introducers_owner = match introducer {
        Some(introducer) => standing::of(tx, introducer)?.owner,
        None => None,
    };
    let registered = Registered {
        registration: id,
        channel,
        site: AnyId::from_uuid(site.id.uuid()),
        scope,
        receiver: registration.receiver,
        named_serves_nobody: match inquiry.asks_for {
            Some(named) => !serves_customers(tx, named)?,
            None => false,
        },
        department: AnyId::from_uuid(registration.department.uuid()),
        inquiry,
        // A later version of it: it was written before, and completed now.
        begun_at: (registration.version > 1).then_some(registration.registered_at),
        is_before_opening: site.is_before_opening(tx.today()),
        lunch_duty,
        introducers_owner,
        entrusted_by,
        is_peer,
    };
    learn(tx, known, What::Registered(Box::new(registered))).map(drop)
}
