//! Withdrawing a version before its day. Documents may lie ahead of today, and are decided by the version of their own day:
//! whoever hands one in and whoever withdraws a version wait for each other.

use super::apply;
use crate::{
    schema::{approvals, policies},
    spine::{Failure, Key, Reader, Tx, db},
};
use diesel::prelude::*;
use domain::spine::{BusinessDate, Policy};

/// Makes a published version a draft again, where it is not in force yet and no document was handed in for a day on which
/// it would be. `[REG-4]`
pub fn withdraw(tx: &mut Tx<'_>, policy: Policy) -> Result<Policy, Failure> {
    let today = tx.today();
    policy.may_withdraw(today)?;
    tx.connection().lock_rows("policies", &[Key::from(policy.id)])?;
    let used = first_of(tx, policy.effective_from)?;
    apply(tx, policy.withdraw(today, used)?)
}

/// The number and business date of a document that was handed in for a day from `from` on.
fn first_of(tx: &mut Tx<'_>, from: BusinessDate) -> Result<Option<(String, BusinessDate)>, Failure> {
    Ok(db!(tx, |c| approvals::table
        .filter(approvals::business_date.ge(from))
        .order((approvals::business_date, approvals::id))
        .select((approvals::number, approvals::business_date))
        .first(c)
        .optional())?)
}

/// Whether any document was ever handed in.
pub(super) fn is_anything_handed_in(reader: &mut Reader<'_>) -> Result<bool, Failure> {
    Ok(db!(reader, |c| diesel::select(diesel::dsl::exists(approvals::table.select(approvals::id)))
        .get_result(c))?)
}

/// Holds the versions that would be in force on a day ahead, until the end of the unit of work: none of them is
/// withdrawn under a document that is handed in for that day.
///
/// # Errors
/// [`Failure::Moved`] where one was withdrawn since this unit of work began.
pub fn hold_ahead(tx: &mut Tx<'_>, on: BusinessDate) -> Result<(), Failure> {
    let today = tx.today();
    if on <= today || !tx.connection().locks_rows() {
        return Ok(());
    }
    let ahead: Vec<Key> = db!(tx, |c| policies::table
        .filter(policies::status.eq("published"))
        .filter(policies::effective_from.gt(today).and(policies::effective_from.le(on)))
        .select(policies::id)
        .load(c))?;
    tx.connection().lock_rows("policies", &ahead)?;
    if tx.master_is_current()? { Ok(()) } else { Err(Failure::Moved) }
}
