//! What is done about ownership: facts are learnt, customers claimed, given up, assigned. `[OWN-3, OWN-4, OWN-8, OWN-13,
//! OWN-15, OWN-17]`

use super::{
    row::{book, claims_since, concerned_with, department_of, find, load, owned_by},
    serving::{ensure_of_the_pool, ensure_serves},
};
use crate::{
    customer_file::{self, scope::ensure_may_write, standing},
    interaction,
    organisation::{Organisation, Register, employee},
    schema::{customer_standings as standings, customers},
    spine::{Failure, House, Instant, Key, Reader, Told, Tx, db},
};
use diesel::prelude::*;
use domain::{
    customer_file::{CustomerId, CustomerState, StandingState},
    ownership::{
        FactId, LOST, NOT_YOURS_TO_ANNOUNCE, Ownership, PoolLevel, REFUSED, RuleKind, Standing,
        TRANSFER_INSTEAD, What, cite,
    },
    registration::SELF_INTRODUCED,
    spine::{AnyId, Citation, DepartmentId, EmployeeId, Id, Permission, Refusal, Timestamp, codes},
    working_time::midnight,
};

/// Learns a fact about a customer, and derives anew whose they are.
///
/// # Errors
/// What the rules refuse, with the name of whose the customer is; [`Failure::Moved`] where another fact came first.
pub fn learn(tx: &mut Tx<'_>, ownership: Ownership, what: What) -> Result<Ownership, Failure> {
    let id = tx.id();
    learn_as(tx, ownership, (id, what))
}

/// Learns a fact under an id of its own.
///
/// # Errors
/// As [`learn`] does.
pub(crate) fn learn_as(
    tx: &mut Tx<'_>,
    ownership: Ownership,
    told: (FactId, What),
) -> Result<Ownership, Failure> {
    if let Some(to) = told.1.gives_to() {
        ensure_serves(tx, to, recipient_of(&told.1))?;
    }
    let (book, now, zone) = (book(tx)?, tx.now(), tx.zone());
    let owner = ownership.standing.owner;
    match ownership.learn(told, &book, (now, zone)) {
        Ok(change) => tx.apply(change),
        Err(refusal) => Err(with_owner(tx, refusal, owner)?.into()),
    }
}

/// Where a request names who is given the customer.
const fn recipient_of(what: &What) -> &'static str {
    match what {
        What::Transferred { .. } => "/to_id",
        What::Ruled { .. } => "/owner_id",
        _ => "/employee_id",
    }
}

/// Tells whose the customer is, and nothing else of them.
fn with_owner(tx: &mut Tx<'_>, refusal: Refusal, owner: Option<EmployeeId>) -> Result<Refusal, Failure> {
    let Some(owner) = owner.filter(|_| refusal.code == REFUSED) else { return Ok(refusal) };
    let name = Register::of(tx)?.named(owner)?.name;
    Ok(refusal.with("owner", name))
}

/// Announces that a customer is somebody's relative or friend: the caller's own, or of somebody below. `[OWN-4]`
///
/// # Errors
/// A customer out of sight; `ownership.not_yours_to_announce`; `ownership.serves_nobody`: whose relative it is receives no
/// customers.
pub fn relate(tx: &mut Tx<'_>, customer: CustomerId, relative: EmployeeId) -> Result<Ownership, Failure> {
    let ownership = find(tx, customer)?;
    ensure_may_write(tx, customer)?;
    employee::refer(tx, relative, "/relative_id")?;
    if !tx.actor().is(relative) && !Organisation::caller_is_above(tx, relative)? {
        let refusal = Refusal::new(NOT_YOURS_TO_ANNOUNCE).citing(Citation::rule("OWN-4"));
        return Err(refusal.at("/relative_id").into());
    }
    ensure_serves(tx, relative, "/relative_id")?;
    learn(tx, ownership, What::Related { relative })
}

/// Announces that a customer will be brought by another. `[OWN-3]`
///
/// # Errors
/// Customers out of sight.
pub fn introduce(
    tx: &mut Tx<'_>,
    customer: CustomerId,
    introducer: CustomerId,
) -> Result<Ownership, Failure> {
    let ownership = find(tx, customer)?;
    if introducer == customer {
        let refusal = Refusal::new(SELF_INTRODUCED).citing(Citation::rule("OWN-3"));
        return Err(refusal.at("/introducer_id").into());
    }
    ensure_may_write(tx, customer)?;
    let introduced = customer_file::refer(tx, introducer, "/introducer_id")?.id;
    let representative = standing::of(tx, introduced)?.owner;
    let introducer = AnyId::from_uuid(introduced.uuid());
    learn(tx, ownership, What::Introduced { introducer, representative })
}

/// Whether the caller may take a customer from the pool: of their department's, or of the centre's.
fn find_in_pool(reader: &mut Reader<'_>, customer: CustomerId) -> Result<Ownership, Failure> {
    let ownership = load(reader, customer)?;
    let standing = &ownership.standing;
    let department = standing.department;
    let is_near = reader.reach().covers(department, reader.actor().department == Some(department));
    let is_open =
        standing.state == StandingState::CentrePool || (is_near && standing.state != StandingState::Unowned);
    if is_open { Ok(ownership) } else { find(reader, customer) }
}

/// Takes a customer from the pool: exactly one does. What one may claim is counted by claims, under the lock of whoever
/// claims, so that many at once come to no more than the limit.
///
/// # Errors
/// `ownership.refused`, `ownership.claims_used_up`.
pub fn claim(tx: &mut Tx<'_>, customer: CustomerId) -> Result<Ownership, Failure> {
    let none = || Refusal::new(domain::registration::NO_EMPLOYEE).citing(Citation::rule("OWN-15"));
    let ownership = find_in_pool(tx, customer)?;
    customer_file::load(tx, customer)?.ensure_active()?;
    let by = tx.actor().employee.ok_or_else(none)?;
    let department = ensure_may_take(tx, &ownership, by)?;
    learn(tx, ownership, What::Claimed { by, department })
}

/// Refuses to let somebody take a customer from a pool who may take no more, or none of that pool: the lock of that person is
/// held from then on. The department they work in. `[OWN-15]`
///
/// # Errors
/// `ownership.claims_used_up`, `ownership.not_of_the_pool`.
pub(crate) fn ensure_may_take(
    tx: &mut Tx<'_>,
    ownership: &Ownership,
    who: EmployeeId,
) -> Result<AnyId, Failure> {
    // Rows that refer to the person are written meanwhile, also by who waits here.
    tx.connection().hold_rows("employees", &[Key::from(who)])?;
    let (book, now, zone) = (book(tx)?, tx.now(), tx.zone());
    let derived = ownership.as_of(&book, now, zone);
    within_limits(tx, &derived.scope, who)?;
    let department = department_of(tx, who)?;
    if let Standing::Pooled { level: PoolLevel::Department, department: pool, .. } = derived.standing() {
        ensure_of_the_pool(tx, DepartmentId::from_uuid(pool.uuid()), department)?;
    }
    Ok(AnyId::from_uuid(department.uuid()))
}

fn within_limits(tx: &mut Tx<'_>, scope: &str, by: EmployeeId) -> Result<(), Failure> {
    let (book, now, zone, today) = (book(tx)?, tx.now(), tx.zone(), tx.today());
    let Some(policy) = book.ruling(scope, today, now) else { return Ok(()) };
    let numbers = &policy.content.pool;
    let claimed = claims_since(tx, by, midnight(today, zone).into())?;
    let owned = owned_by(tx, by)?;
    let limits = [
        (claimed, numbers.claims_per_day, ("每日领取次数", "claims a day")),
        (owned, numbers.owned_max, ("持有客户数", "customers owned")),
    ];
    for (counted, limit, what) in limits {
        if counted >= i64::from(limit) {
            let refusal = Refusal::new(LOST).with("limit", limit).with_labelled("counted", "claims", what);
            return Err(refusal.citing(cite(policy, RuleKind::Claim)).into());
        }
    }
    Ok(())
}

/// Gives a customer up to the department's pool, by its owner or whoever manages ownership.
///
/// # Errors
/// `ownership.refused`: a dispute, an open deal or a lock keeps them.
pub fn release(tx: &mut Tx<'_>, customer: CustomerId, reason: String) -> Result<Ownership, Failure> {
    let ownership = find(tx, customer)?;
    let owner = ownership.standing.owner;
    let manages = tx.actor().reach(Permission::ManageOwnership).covers(ownership.standing.department, false);
    let is_mine = owner.is_some_and(|owner| tx.actor().is(owner));
    if !is_mine && !manages {
        return Err(Failure::Denied(Permission::ManageOwnership));
    }
    let by = owner.or(tx.actor().employee).ok_or(Failure::NotFound)?;
    learn(tx, ownership, What::Released { by, reason })
}

/// Gives a customer whom nobody owns to somebody: by whoever manages ownership of the department. One who is owned is handed
/// over by a transfer, which is approved. `[OWN-8, OWN-16]`
///
/// # Errors
/// `ownership.transfer_instead`; somebody who does not work here, or receives no customers.
pub fn assign(tx: &mut Tx<'_>, customer: CustomerId, to: EmployeeId) -> Result<Ownership, Failure> {
    let ownership = find(tx, customer)?;
    employee::refer(tx, to, "/employee_id")?;
    ensure_serves(tx, to, "/employee_id")?;
    ensure_unowned(tx, &ownership)?;
    let (department, by) = (AnyId::from_uuid(department_of(tx, to)?.uuid()), tx.actor().employee);
    learn(tx, ownership, What::Assigned { to, department, by })
}

fn ensure_unowned(tx: &mut Tx<'_>, ownership: &Ownership) -> Result<(), Failure> {
    let (book, now, zone) = (book(tx)?, tx.now(), tx.zone());
    let derived = ownership.as_of(&book, now, zone);
    // While it is disputed whose they are, that is what stands against it.
    let Some(owner) = derived.standing().owner().filter(|_| derived.dispute.is_none()) else { return Ok(()) };
    let name = Register::of(tx)?.named(owner)?.name;
    Err(Refusal::new(TRANSFER_INSTEAD).with("owner", name).citing(Citation::rule("OWN-16")).into())
}

/// Lets a fact not count that people noted of a contact; by somebody who neither gains nor loses by it.
///
/// # Errors
/// `ownership.not_voidable`, `ownership.own_case`; while it is disputed whose the customer is.
pub fn void(
    tx: &mut Tx<'_>,
    customer: CustomerId,
    fact: FactId,
    reason: String,
) -> Result<Ownership, Failure> {
    let ownership = find(tx, customer)?;
    let (id, by, owner) = (tx.id(), tx.actor().employee, ownership.standing.owner);
    let (book, moment) = (book(tx)?, (tx.now(), tx.zone()));
    match ownership.void(id, (fact, reason), by, &book, moment) {
        Ok(change) => tx.apply(change),
        Err(refusal) => Err(with_owner(tx, refusal, owner)?.into()),
    }
}

/// Lets a customer stay with the owner until an instant.
///
/// # Errors
/// One that is not ahead, or lies farther than the policy allows.
pub fn lock(tx: &mut Tx<'_>, customer: CustomerId, until: Timestamp) -> Result<Ownership, Failure> {
    let ownership = find(tx, customer)?;
    let (book, now, zone, today) = (book(tx)?, tx.now(), tx.zone(), tx.today());
    let scope = ownership.as_of(&book, now, zone).scope;
    let days = book.ruling(&scope, today, now).map_or(0, |policy| policy.content.pool.lock_days_max);
    let latest = now.plus(chrono::Duration::days(days.into()));
    if until <= now || until > latest {
        let refusal = Refusal::new(codes::OUT_OF_RANGE).with("min", now.to_string());
        let refusal = refusal.with("max", latest.to_string()).at("/until");
        return Err(refusal.citing(Citation::rule("OWN-15")).into());
    }
    learn(tx, ownership, What::Locked { until })
}

/// Learns something of a customer in reach: what became of a deal.
///
/// # Errors
/// What the rules refuse.
pub fn tell(tx: &mut Tx<'_>, customer: CustomerId, what: What) -> Result<Ownership, Failure> {
    let ownership = find(tx, customer)?;
    learn(tx, ownership, what)
}

/// Which events say something about ownership.
pub(super) fn wants(_: &'static House, kind: &'static str) -> bool {
    matches!(kind, "interaction.qualified" | "interaction.voided" | "employee.left")
}

/// Follows up what happened elsewhere.
pub(super) fn follow(tx: &mut Tx<'_>, told: &Told) -> Result<(), Failure> {
    match told.kind {
        "employee.left" => leave(tx, Id::from_uuid(told.entity)),
        kind => {
            let id = Id::from_uuid(told.entity);
            let found = interaction::load(tx, id)?;
            let (fact, ownership) = (FactId::from_uuid(told.entity), load(tx, found.customer)?);
            if kind == "interaction.qualified" {
                let what = What::FollowedUp { by: found.employee };
                return learn_as(tx, ownership, (fact, what)).map(drop);
            }
            if !ownership.facts.iter().any(|known| known.id == fact) {
                return Ok(());
            }
            let by = tx.actor().employee;
            learn(tx, ownership, What::Voided { fact, by, reason: "跟进记录已作废".to_owned() }).map(drop)
        }
    }
}

/// The customers of somebody who left go to the department; where they had a part, or would be given the customer, they have
/// left. `[OWN-3, OWN-4, OWN-8]`
fn leave(tx: &mut Tx<'_>, employee: EmployeeId) -> Result<(), Failure> {
    for customer in concerned_with(tx, employee)? {
        let ownership = load(tx, customer)?;
        learn(tx, ownership, What::Left { employee })?;
    }
    Ok(())
}

/// Lets what time has brought about show where lists read it; safe to be done by several servers, and twice.
///
/// # Errors
/// Where the database fails.
pub fn settle(tx: &mut Tx<'_>, customer: CustomerId) -> Result<(), Failure> {
    let (book, now, zone) = (book(tx)?, tx.now(), tx.zone());
    if let Some(change) = load(tx, customer)?.settle(&book, (now, zone)) {
        tx.apply(change)?;
    }
    Ok(())
}

/// The customers whom time has moved, and where that does not show yet; the longest first. Nobody else is among them, so that
/// none stands in the way of another.
///
/// # Errors
/// Where the database fails.
pub fn due(reader: &mut Reader<'_>) -> Result<Vec<CustomerId>, Failure> {
    /// At most so many at once; the others have their turn next.
    const AT_ONCE: i64 = 500;
    let now = Some(Instant::from(reader.now()));
    let rows: Vec<Key> = db!(reader, |c| standings::table
        .filter(standings::falls_at.le(now))
        .order((standings::falls_at, standings::customer_id))
        .select(standings::customer_id)
        .limit(AT_ONCE)
        .load(c))?;
    Ok(rows.into_iter().map(Into::into).collect())
}

/// The customers whose owners are to be warned that protection ends; the longest due first.
///
/// # Errors
/// Where the database fails.
pub fn to_warn(reader: &mut Reader<'_>) -> Result<Vec<CustomerId>, Failure> {
    /// At most so many at once; the others have their turn next.
    const AT_ONCE: i64 = 500;
    let (now, active) = (Some(Instant::from(reader.now())), CustomerState::Active.code());
    let rows: Vec<Key> = db!(reader, |c| standings::table
        .inner_join(customers::table)
        .filter(standings::warn_at.le(now).and(customers::status.eq(active)))
        .order((standings::warn_at, standings::customer_id))
        .select(standings::customer_id)
        .limit(AT_ONCE)
        .load(c))?;
    Ok(rows.into_iter().map(Into::into).collect())
}

/// Warns the owner of a customer, and calls for the contact that keeps them; safe to be done by several servers, and twice.
///
/// # Errors
/// Where the database fails.
pub fn warn(tx: &mut Tx<'_>, customer: CustomerId) -> Result<(), Failure> {
    let (book, now, zone) = (book(tx)?, tx.now(), tx.zone());
    if let Some(change) = load(tx, customer)?.warn(&book, (now, zone)) {
        tx.apply(change)?;
    }
    Ok(())
}

/// How far back a question may reach: the instant itself, where it does not lie ahead.
pub(super) fn not_ahead(asked: Option<Timestamp>, now: Timestamp) -> Timestamp {
    asked.map_or(now, |asked| asked.min(now))
}
