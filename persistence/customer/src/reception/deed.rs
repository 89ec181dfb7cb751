//! What receptions do: to the queue, and to whose a customer is. Locks: the reception, the queue, the standing of the
//! customer. `[QUE-1, QUE-2, OWN-3, OWN-7, OWN-10]`

use super::{apply, row::load};
use crate::{
    customer_file::{self, standing},
    organisation::{Register, employee, referred},
    ownership,
    reception_queue::{self as queues, absent},
    site,
    spine::{Failure, Tx},
};
use domain::{
    customer_file::CustomerId,
    ownership::{ReceptionNumbers, Standing, What},
    reception::{NewReception, Reception, Visitor},
    reception_queue::{NOT_YOUR_TURN, ReceptionQueue, Stamp, Visit},
    registration::{NO_EMPLOYEE, Registration},
    site::Site,
    spine::{DepartmentId, EmployeeId, Id, Permission, Refusal},
};

/// Who comes, and who receives them.
#[derive(Clone, Copy, Debug)]
pub struct Arrival {
    /// Who comes.
    pub visitor: Visitor,
    /// Who receives; the caller where none is named.
    pub receiver: Option<EmployeeId>,
    /// Which customer, where that is known.
    pub customer: Option<CustomerId>,
    /// For whom they ask.
    pub asks_for: Option<EmployeeId>,
}

fn stamp(tx: &Tx<'_>) -> Stamp {
    Stamp::of(tx.actor(), tx.now(), tx.today())
}

fn leads(tx: &Tx<'_>, department: DepartmentId) -> bool {
    tx.actor().reach(Permission::ManageSites).covers(department, false)
}

/// What the policy of a site says of receptions; nothing strict where there is none.
fn numbers(tx: &mut Tx<'_>, site: Id<Site>) -> Result<ReceptionNumbers, Failure> {
    let scope = site::load(tx, site)?.details.policy;
    let (book, today, now) = (ownership::book(tx)?, tx.today(), tx.now());
    let usual = ReceptionNumbers { assist_minutes: 0, mistaken_uses_turn: false };
    Ok(book.ruling(&scope, today, now).map_or(usual, |policy| policy.content.reception.clone()))
}

/// Begins a reception: by whoever's turn it is, or for somebody's visitor. Of two who take one turn at once one comes first;
/// the other is told whose turn it is then.
///
/// # Errors
/// `reception_queue.not_your_turn`, `reception_queue.receiving_already`, `reception.whose`.
pub fn receive(tx: &mut Tx<'_>, queue: ReceptionQueue, arrival: Arrival) -> Result<Reception, Failure> {
    let Arrival { visitor, receiver, customer, asks_for } = arrival;
    let receiver = receiver_of(tx, receiver, queue.department)?;
    let host = host_of(tx, arrival)?;
    if let Some(host) = asks_for {
        employee::refer(tx, host, "/asks_for_id")?;
    }
    let answer_minutes = numbers(tx, queue.site)?.assist_minutes;
    let id: Id<Reception> = tx.id();
    let visit = Visit { reception: id.uuid().into(), receiver, is_somebodys: !visitor.takes_turn() };
    let away = absent(tx, &queue.state().order)?;
    let (site, department, queue_id) = (queue.site, queue.department, queue.id);
    let new = NewReception { id, queue: queue_id, site, department, receiver, visitor, customer, host };
    match queue.receive(visit, &away, stamp(tx)) {
        Ok((change, turn)) => {
            // Whose visitor it is must be said before the queue is moved.
            let begun = Reception::begin(new, turn, answer_minutes, tx.now())?;
            queues::apply(tx, change)?;
            apply(tx, begun)
        }
        Err(refusal) => Err(with_next(tx, refusal)?.into()),
    }
}

fn receiver_of(
    tx: &Tx<'_>,
    named: Option<EmployeeId>,
    department: DepartmentId,
) -> Result<EmployeeId, Failure> {
    match named {
        Some(named) if !tx.actor().is(named) && !leads(tx, department) => {
            Err(Failure::Denied(Permission::ManageSites))
        }
        Some(named) => Ok(named),
        None => Ok(tx.actor().employee.ok_or_else(|| Refusal::new(NO_EMPLOYEE))?),
    }
}

/// Whose visitor it is: the owner of a returning customer, or for whom they ask.
fn host_of(tx: &mut Tx<'_>, arrival: Arrival) -> Result<Option<EmployeeId>, Failure> {
    let owner = match arrival.customer {
        None => None,
        Some(customer) => {
            referred(customer_file::load(tx, customer), "/customer_id")?;
            standing::of(tx, customer)?.owner
        }
    };
    Ok(match arrival.visitor {
        Visitor::New | Visitor::Assigned => None,
        Visitor::Returning => owner,
        Visitor::Named => arrival.asks_for,
    })
}

/// Tells by name whose turn it is.
fn with_next(tx: &mut Tx<'_>, refusal: Refusal) -> Result<Refusal, Failure> {
    let next = refusal.params.get("next_id").cloned();
    let Some(next) = next.filter(|_| refusal.code == NOT_YOUR_TURN) else { return Ok(refusal) };
    let next: EmployeeId = serde_json::from_value(next)?;
    let name = Register::of(tx)?.named(next)?.name;
    Ok(refusal.with("next", name))
}

/// Answers a helper. Where it is declined, the reception is over and the queue moves on.
///
/// # Errors
/// `reception.not_yours`, `reception.not_yet`, `reception.answered_already`.
pub fn answer(tx: &mut Tx<'_>, reception: Reception, agreed: bool) -> Result<Reception, Failure> {
    let leads = leads(tx, reception.department);
    let change = reception.answer(agreed, (tx.actor(), leads), tx.now())?;
    let answered = apply(tx, change)?;
    if answered.ended.is_some() {
        move_queue(tx, &answered, false)?;
    }
    Ok(answered)
}

/// Ends a reception. A new customer who was not registered is noted as received, so that the next who registers them owns
/// them; one who turned out to be another's gives the turn back, unless the policy says otherwise.
///
/// # Errors
/// `reception.not_yours`, `reception.ended_already`.
pub fn end(
    tx: &mut Tx<'_>,
    reception: Reception,
    customer: Option<CustomerId>,
) -> Result<Reception, Failure> {
    if let Some(customer) = customer {
        referred(customer_file::load(tx, customer), "/customer_id")?;
    }
    let known = reception.customer.or(customer);
    let owner = owner_beside(tx, known, reception.receiver)?;
    let leads = leads(tx, reception.department);
    let change = reception.end(customer, owner, (tx.actor(), leads), tx.now())?;
    let reception = apply(tx, change)?;
    let gives_back = reception.gives_turn_back(numbers(tx, reception.site)?.mistaken_uses_turn);
    move_queue(tx, &reception, gives_back)?;
    let is_unregistered = reception.ended.as_ref().is_some_and(|ended| ended.is_unregistered);
    if let Some(customer) = known.filter(|_| is_unregistered) {
        let (known, receiver) = (ownership::load(tx, customer)?, reception.receiver);
        ownership::deed::learn(tx, known, What::Received { receiver })?;
    }
    Ok(reception)
}

fn move_queue(tx: &mut Tx<'_>, reception: &Reception, gives_back: bool) -> Result<(), Failure> {
    let queue = queues::load(tx, reception.queue)?;
    let change = queue.end((reception.id.uuid().into(), reception.receiver), gives_back, stamp(tx));
    queues::apply(tx, change).map(drop)
}

/// Whose a customer is; the receiver, where they have a part.
fn owner_beside(
    tx: &mut Tx<'_>,
    customer: Option<CustomerId>,
    receiver: EmployeeId,
) -> Result<Option<EmployeeId>, Failure> {
    let Some(customer) = customer else { return Ok(None) };
    let (book, now, zone) = (ownership::book(tx)?, tx.now(), tx.zone());
    let derived = ownership::load(tx, customer)?.as_of(&book, now, zone);
    Ok(match derived.standing() {
        Standing::Owned { shares, .. } if shares.have(receiver) => Some(receiver),
        standing => standing.owner(),
    })
}

/// The reception at a site of which the caller registers the customer.
///
/// # Errors
/// A refusal that names the field.
pub(crate) fn refer(
    tx: &mut Tx<'_>,
    id: Id<Reception>,
    site: Id<Site>,
    at: &str,
) -> Result<Reception, Failure> {
    let found = referred(super::find(tx, id), at)?;
    if found.site == site { Ok(found) } else { referred(Err(Failure::NotFound), at) }
}

/// Notes the registration that came of a reception.
///
/// # Errors
/// `reception.not_yours`, `reception.ended_already`, `reception.registered_already`.
pub(crate) fn register(
    tx: &mut Tx<'_>,
    reception: Reception,
    registration: &Registration,
) -> Result<(), Failure> {
    let customer = registration.content.customer;
    let change = reception.register(registration.id, customer, tx.actor())?;
    apply(tx, change).map(drop)
}

/// Tells who leads the site that they are asked now; safe to be done by several servers, and twice.
///
/// # Errors
/// Where the database fails.
pub fn escalate(tx: &mut Tx<'_>, id: Id<Reception>) -> Result<(), Failure> {
    let now = tx.now();
    if let Some(change) = load(tx, id)?.escalate(now) {
        apply(tx, change)?;
    }
    Ok(())
}
