//! Whose customers the caller sees, and of whom they see more than a mask. `[CUS-5, ID-5, ID-6]`
//!
//! Both go by the standing alone. Seen by the owner, their superiors, and whoever's permission reaches the department;
//! without a mask by owner and superiors, while whoever holds the permission to reveal says why each time (`deed::reveal`).
//! A customer whom nobody has registered yet is the own one of whoever entered it.

use crate::{
    organisation::Organisation,
    schema::{customer_standings as standings, customers},
    spine::{Failure, Key, Reader, Sight, Where},
};
use diesel::prelude::*;
use domain::{
    customer_file::{Standing, StandingState},
    spine::{EmployeeId, UserId},
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
    seen.also(standings::owner_id.eq_any(owners).or(reached.nullable()));
    Ok(Some(seen))
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
    let mut wanted = Where::new();
    wanted.also(customers::id.eq_any(shown));
    Ok(wanted)
}

/// Of whom the caller sees more than a mask: read once for many customers.
pub struct Unmasked {
    employee: Option<EmployeeId>,
    user: UserId,
    below: BTreeSet<EmployeeId>,
}

impl Unmasked {
    /// As the caller is placed today.
    ///
    /// # Errors
    /// Where the database fails.
    pub fn to(reader: &mut Reader<'_>) -> Result<Self, Failure> {
        let below = Organisation::below_caller(reader)?.into_iter().map(EmployeeId::from).collect();
        let actor = reader.actor();
        Ok(Self { employee: actor.employee, user: actor.user, below })
    }

    /// Whether it covers a customer who stands so.
    pub fn covers(&self, standing: &Standing) -> bool {
        match standing.owner {
            Some(owner) => self.employee == Some(owner) || self.below.contains(&owner),
            None => standing.state == StandingState::Unowned && standing.creator == self.user,
        }
    }
}
