//! What the duties of somebody come to over some days: what indicators count. It judges nothing anew.
//! `[KPI-1, DUT-4]`

use super::row::several;
use crate::{
    schema::duties,
    spine::{Failure, Instant, Key, Reader, db},
};
use diesel::prelude::*;
use domain::{
    duty::DutyState,
    spine::{BusinessDate, EmployeeId},
    working_time::midnight,
};
use uuid::Uuid;

/// The duties of a rule for which somebody answers and that are due on some days, both ends in, with where
/// each stands.
///
/// # Errors
/// Where the database fails.
pub fn of_person(
    reader: &mut Reader<'_>,
    employee: EmployeeId,
    rule: &str,
    (from, until): (BusinessDate, BusinessDate),
) -> Result<Vec<(Uuid, DutyState)>, Failure> {
    let (key, zone, now) = (Key::from(employee), reader.zone(), reader.now());
    // The day of a due, as the board counts it.
    let begins = Instant(midnight(from, zone));
    let ends = Instant(midnight(until.succ_opt().unwrap_or(until), zone));
    let keys: Vec<Key> = db!(reader, |c| duties::table
        .filter(duties::responsible_id.eq(key).and(duties::rule_code.eq(rule)))
        .filter(duties::due_at.ge(begins).and(duties::due_at.lt(ends)))
        .order(duties::id)
        .select(duties::id)
        .load(c))?;
    let found = several(reader, &keys)?;
    Ok(found.into_iter().map(|duty| (duty.id.uuid(), duty.state(now))).collect())
}
