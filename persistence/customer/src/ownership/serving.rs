//! Who may own customers: people who receive them. Who has left, or works at something else, is named by customers all the
//! same, and becomes nobody's owner by it. `[OWN-5, OWN-8, OWN-16]`

use crate::{
    identity::account,
    organisation::{Organisation, Register},
    spine::{Failure, Reader},
};
use domain::{
    ownership::{NOT_OF_THE_POOL, SERVES_NOBODY},
    spine::{Citation, DepartmentId, EmployeeId, Permission, Refusal},
};

/// Whether somebody receives customers: they work here, and their account may register.
///
/// # Errors
/// Where the database fails.
pub fn serves_customers(reader: &mut Reader<'_>, who: EmployeeId) -> Result<bool, Failure> {
    let Some(account) = account::of_employee(reader, who)? else { return Ok(false) };
    if !account::is_usable(reader, &account)? {
        return Ok(false);
    }
    Ok(account::reaches_of_account(reader, &account)?.contains_key(&Permission::RegisterCustomers))
}

/// Refuses to give customers to somebody who does not receive any.
///
/// # Errors
/// `ownership.serves_nobody`.
pub fn ensure_serves(reader: &mut Reader<'_>, who: EmployeeId, pointer: &'static str) -> Result<(), Failure> {
    if serves_customers(reader, who)? {
        return Ok(());
    }
    let name = Register::of(reader)?.named(who)?.name;
    let refusal = Refusal::new(SERVES_NOBODY).with("name", name).citing(Citation::rule("OWN-16"));
    Err(refusal.at(pointer).into())
}

/// Refuses whoever does not work in the department of a pool, or below it.
///
/// # Errors
/// `ownership.not_of_the_pool`.
pub(super) fn ensure_of_the_pool(
    reader: &mut Reader<'_>,
    pool: DepartmentId,
    own: DepartmentId,
) -> Result<(), Failure> {
    if Organisation::today(reader)?.lies_within(own, pool) {
        return Ok(());
    }
    let placed = Register::of(reader)?.placed(pool)?;
    let refusal = Refusal::new(NOT_OF_THE_POOL).with("department", placed.name_zh);
    Err(refusal.citing(Citation::rule("OWN-15")).into())
}
