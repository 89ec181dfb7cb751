//! What is done about ownership: facts are learnt, customers claimed, given up, assigned. `[OWN-3, OWN-4, OWN-8, OWN-13,
//! OWN-15, OWN-17]`

use super::{
    row::{book, claims_since, customers_of, department_of, find, load, owned_by},
    serving::{ensure_of_the_pool, ensure_serves},
};
use crate::{
    customer_file::{self, scope::ensure_may_write, standing},
    interaction,
    organisation::{Register, employee},
    schema::{customer_standings as standings, customers},
    spine::{Failure, House, Instant, Key, Reader, Told, Tx, db},
};
use diesel::prelude::*;
use domain::{
    customer_file::{CustomerId, CustomerState, StandingState},
    ownership::{FactId, LOST, Ownership, REFUSED, RuleKind, What, cite},
    registration::SELF_INTRODUCED,
    spine::{AnyId, Citation, EmployeeId, Id, Permission, Refusal, Timestamp, codes},
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

fn learn_as(tx: &mut Tx<'_>, ownership: Ownership, told: (FactId, What)) -> Result<Ownership, Failure> {
    let (book, now, zone) = (book(tx)?, tx.now(), tx.zone());
    let owner = ownership.standing.owner;
    match ownership.learn(told, &book, (now, zone)) {
        Ok(change) => tx.apply(change),
        Err(refusal) => Err(with_owner(tx, refusal, owner)?.into()),
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
/// A customer out of sight.
pub fn relate(tx: &mut Tx<'_>, customer: CustomerId, relative: EmployeeId) -> Result<Ownership, Failure> {
    let ownership = find(tx, customer)?;
    ensure_may_write(tx, customer)?;
    employee::refer(tx, relative, "/relative_id")?;
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
    tx.connection().lock_row("employees", Key::from(by))?;
    within_limits(tx, &ownership, by)?;
    let department = department_of(tx, by)?;
    if ownership.standing.state == StandingState::DepartmentPool {
        ensure_of_the_pool(tx, ownership.standing.department, department)?;
    }
    let department = AnyId::from_uuid(department.uuid());
    learn(tx, ownership, What::Claimed { by, department })
}

fn within_limits(tx: &mut Tx<'_>, ownership: &Ownership, by: EmployeeId) -> Result<(), Failure> {
    let (book, now, zone, today) = (book(tx)?, tx.now(), tx.zone(), tx.today());
    let scope = ownership.as_of(&book, now, zone).scope;
    let Some(policy) = book.ruling(&scope, today, now) else { return Ok(()) };
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

/// Gives a customer to somebody: by whoever manages ownership of the department. `[OWN-8]`
///
/// # Errors
/// Somebody who does not work here, or receives no customers.
pub fn assign(tx: &mut Tx<'_>, customer: CustomerId, to: EmployeeId) -> Result<Ownership, Failure> {
    let ownership = find(tx, customer)?;
    employee::refer(tx, to, "/employee_id")?;
    ensure_serves(tx, to, "/employee_id")?;
    let (department, by) = (AnyId::from_uuid(department_of(tx, to)?.uuid()), tx.actor().employee);
    learn(tx, ownership, What::Assigned { to, department, by })
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

/// Learns something of a customer in reach: a deal, a lock, a fact that does not count.
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

/// The customers of somebody who left go to the department. `[OWN-8]`
fn leave(tx: &mut Tx<'_>, employee: EmployeeId) -> Result<(), Failure> {
    for customer in customers_of(tx, employee)? {
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

/// The customers whom time may have moved: whose protection has ended, and who have stood in a department's pool for as long
/// as any policy says; the longest first.
///
/// # Errors
/// Where the database fails.
pub fn due(reader: &mut Reader<'_>) -> Result<Vec<CustomerId>, Failure> {
    /// At most so many at once; the others have their turn next.
    const AT_ONCE: i64 = 500;
    let now = reader.now();
    let days = book(reader)?.0.iter().map(|dated| dated.version.content.pool.department_days).min();
    let pooled = Instant::from(now.plus(-chrono::Duration::days(days.unwrap_or(1).into())));
    let ended = standings::protected_until.le(Some(Instant::from(now)));
    let sinks = standings::state.eq("department_pool").and(standings::since.le(pooled));
    let rows: Vec<Key> = db!(reader, |c| standings::table
        .filter(ended.or(sinks.nullable()))
        .order((standings::since, standings::customer_id))
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
