//! Accounting periods: months in which nothing is posted any more. A month without a row is open. `[BUD-9]`

use crate::{
    schema::accounting_periods as periods,
    spine::{Failure, Reader, db},
};
use diesel::prelude::*;
use domain::finance::period::Period;
use std::collections::HashSet;

/// The month itself where it is open, else the first one after it that is. `[BUD-9]`
pub fn open_month(reader: &mut Reader<'_>, month: Period) -> Result<Period, Failure> {
    let closed: Vec<String> = db!(reader, |c| periods::table
        .filter(periods::status.ne("open").and(periods::month.ge(month.to_string())))
        .select(periods::month)
        .load(c))?;
    let closed: HashSet<String> = closed.into_iter().collect();
    let mut open = month;
    while closed.contains(&open.to_string()) {
        let Some(next) = open.next() else { break };
        open = next;
    }
    Ok(open)
}
