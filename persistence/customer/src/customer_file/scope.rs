//! Whose customers the caller sees, and of whom they see more than a mask. `[CUS-5, ID-5, ID-6]`
//!
//! Both go by the standing and by who was let in to help. Seen by the owner, their superiors, helpers, and whoever's
//! permission reaches the department; without a mask by owner, superiors and helpers who may write, while whoever holds the
//! permission to reveal says why each time (`deed::reveal`). A customer whom nobody has registered yet is the own one of
//! whoever entered it.

use crate::{
    organisation::Organisation,
    schema::{customer_helpers as helpers, customer_standings as standings, customers},
    spine::{Failure, Key, Reader, Sight, Where, db},
};
use diesel::prelude::*;
use domain::{
    customer_file::{CustomerId, Standing, StandingState},
    customer_helper::{HelperAccess, READ_ONLY},
    spine::{Citation, EmployeeId, Permission, Refusal, UserId},
};
use std::collections::BTreeSet;

/// Whose customers the caller sees, as a condition on standings; none where they see all. What refers to customers asks
/// `customer_id` for being one of `standings::table.filter(seen).select(standings::customer_id)`.
///
/// # Errors
/// Where the database fails.
pub fn seen(reader: &mut Reader<'_>) -> Result<Option<Where>, Failure> {
    let (sight, mut seen) = (Sight::of(reader), Where::new());
    if sight.all {
        return Ok(None);
    }
    let mut owners = Organisation::below_caller(reader)?;
    owners.push(sight.employee);
    let owners: Vec<Option<Key>> = owners.into_iter().map(Some).collect();
    let entered =
        standings::state.eq(StandingState::Unowned.code()).and(standings::creator_id.eq(sight.user));
    let reached = standings::department_id.eq_any(sight.departments).or(entered);
    let helped = standings::customer_id.eq_any(
        helpers::table
            .filter(helpers::employee_id.eq(sight.employee))
            .filter(helpers::ended_at.is_null().and(helpers::until_on.ge(reader.today())))
            .select(helpers::customer_id),
    );
    seen.also(standings::owner_id.eq_any(owners).or(reached.or(helped).nullable()));
    Ok(Some(seen))
}

/// The customers with whom the caller helps today, with what they may do.
fn helped(
    reader: &mut Reader<'_>,
    only: Option<CustomerId>,
) -> Result<Vec<(CustomerId, HelperAccess)>, Failure> {
    let Some(me) = reader.actor().employee else { return Ok(Vec::new()) };
    let mut wanted = Where::new();
    wanted.also(helpers::employee_id.eq(Key::from(me)));
    wanted.also(helpers::ended_at.is_null().and(helpers::until_on.ge(reader.today())));
    if let Some(only) = only {
        wanted.also(helpers::customer_id.eq(Key::from(only)));
    }
    let rows: Vec<(Key, Key, String)> = db!(reader, |c| helpers::table
        .filter(&wanted)
        .order(helpers::id)
        .select((helpers::id, helpers::customer_id, helpers::access))
        .load(c))?;
    let read = |(id, customer, access): (Key, Key, String)| {
        let access = HelperAccess::from_code(&access);
        let corrupt = || Failure::corrupt("customer_helpers", "access", id.0);
        Ok((customer.into(), access.ok_or_else(corrupt)?))
    };
    rows.into_iter().map(read).collect()
}

/// Refuses whoever sees a customer only as a helper who may read.
///
/// # Errors
/// `customer_helper.read_only`.
pub fn ensure_may_write(reader: &mut Reader<'_>, customer: CustomerId) -> Result<(), Failure> {
    let helps = helped(reader, Some(customer))?;
    if helps.is_empty() || helps.iter().any(|(_, access)| *access == HelperAccess::Write) {
        return Ok(());
    }
    let standing = super::standing::of(reader, customer)?;
    let is_entered = standing.state == StandingState::Unowned && standing.creator == reader.actor().user;
    let is_reached = reader.reach().covers(standing.department, is_entered);
    let is_above = match standing.owner {
        Some(owner) => reader.actor().is(owner) || Organisation::caller_is_above(reader, owner)?,
        None => false,
    };
    if is_reached || is_above {
        return Ok(());
    }
    Err(Refusal::new(READ_ONLY).citing(Citation::rule("OWN-16")).into())
}

/// That a customer lies within the caller's sight, as a condition on customers.
///
/// # Errors
/// Where the database fails.
pub fn covered(reader: &mut Reader<'_>) -> Result<Where, Failure> {
    let mut wanted = Where::new();
    if let Some(seen) = seen(reader)? {
        wanted.also(customers::id.eq_any(standings::table.filter(seen).select(standings::customer_id)));
    }
    Ok(wanted)
}

/// That a customer is shown to the caller, as a condition on customers: within their sight, or in a pool from which they may
/// claim, and masked then. What refers to a customer in a pool is out of their sight until they have claimed. `[OWN-15]`
///
/// # Errors
/// Where the database fails.
pub fn shown(reader: &mut Reader<'_>) -> Result<Where, Failure> {
    let mut forms = Vec::new();
    for standing in [seen(reader)?, Some(claimable(reader))] {
        // Who sees all sees the pools as well.
        let Some(standing) = standing else { return Ok(Where::new()) };
        let mut form = Where::new();
        form.also(customers::id.eq_any(standings::table.filter(standing).select(standings::customer_id)));
        forms.push(form);
    }
    let mut wanted = Where::new();
    wanted.also_any(forms);
    Ok(wanted)
}

/// The pools from which the caller may claim, as a condition on standings: the centre's, and that of their own department.
fn claimable(reader: &Reader<'_>) -> Where {
    let (actor, mut wanted) = (reader.actor(), Where::new());
    let may = actor.employee.is_some() && actor.may(Permission::RegisterCustomers);
    let own: Vec<Key> = actor.department.filter(|_| may).map(Key::from).into_iter().collect();
    let open: Vec<&str> = may.then(|| StandingState::CentrePool.code()).into_iter().collect();
    let near =
        standings::state.eq(StandingState::DepartmentPool.code()).and(standings::department_id.eq_any(own));
    wanted.also(standings::state.eq_any(open).or(near));
    wanted
}

/// That the caller sees more than a mask of a customer, as a condition on customers: only of those may be asked what a mask
/// hides, or who asks often enough reads it out of the answers.
///
/// # Errors
/// Where the database fails.
pub fn unmasked(reader: &mut Reader<'_>) -> Result<Where, Failure> {
    let sight = Sight::of(reader);
    let mut owners = Organisation::below_caller(reader)?;
    owners.push(sight.employee);
    let owners: Vec<Option<Key>> = owners.into_iter().map(Some).collect();
    let entered =
        standings::state.eq(StandingState::Unowned.code()).and(standings::creator_id.eq(sight.user));
    let shown = standings::table
        .filter(standings::owner_id.eq_any(owners).or(entered.nullable()))
        .select(standings::customer_id);
    let helped = helpers::table
        .filter(helpers::employee_id.eq(sight.employee).and(helpers::access.eq(HelperAccess::Write.code())))
        .filter(helpers::ended_at.is_null().and(helpers::until_on.ge(reader.today())))
        .select(helpers::customer_id);
    let mut wanted = Where::new();
    wanted.also(customers::id.eq_any(shown).or(customers::id.eq_any(helped)));
    Ok(wanted)
}

/// Of whom the caller sees more than a mask: read once for many customers.
pub struct Unmasked {
    employee: Option<EmployeeId>,
    user: UserId,
    below: BTreeSet<EmployeeId>,
    helped: BTreeSet<CustomerId>,
}

impl Unmasked {
    /// As the caller is placed today.
    ///
    /// # Errors
    /// Where the database fails.
    pub fn to(reader: &mut Reader<'_>) -> Result<Self, Failure> {
        let below = Organisation::below_caller(reader)?.into_iter().map(EmployeeId::from).collect();
        let helped = helped(reader, None)?.into_iter();
        let helped =
            helped.filter(|(_, access)| *access == HelperAccess::Write).map(|(customer, _)| customer);
        let (helped, actor) = (helped.collect(), reader.actor());
        Ok(Self { employee: actor.employee, user: actor.user, below, helped })
    }

    /// Whether it covers a customer who stands so.
    pub fn covers(&self, standing: &Standing) -> bool {
        if self.helped.contains(&standing.customer) {
            return true;
        }
        match standing.owner {
            Some(owner) => self.employee == Some(owner) || self.below.contains(&owner),
            None => standing.state == StandingState::Unowned && standing.creator == self.user,
        }
    }
}
