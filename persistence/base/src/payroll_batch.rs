//! Batches of the payroll in the database: each entry goes with one, whoever takes a month at the same time. `[INC-2a, INC-3]`

mod row;
/// What one batch looks like, and the batches.
pub mod view;

pub use row::{StatusColumns, find};
pub use view::{PayrollBatchFilter, PayrollBatchView, list, show, view};

use crate::{
    incentive_entry::{self as entries, PAYROLL, goes_with_payroll, several},
    spine::{Failure, Part, Tx},
};
use domain::{
    incentive_entry::month::MonthlyTotals,
    payroll_batch::{PayrollBatch, PayrollBatchState, ensure_of_the_company},
    spine::Change,
    working_time::{Period, Span},
};

/// At most this many entries go with one batch; what is left goes with a further one.
const ENTRIES_MAX: i64 = 2_000;

/// What this noun brings to its wing.
pub(crate) const NOUN: &[Part] = &[];

crate::spine::resource! { crate::Base: PayrollBatch as PayrollBatchView; find, apply, show = show }

/// Writes a change of a batch.
pub fn apply(tx: &mut Tx<'_>, change: Change<PayrollBatch>) -> Result<PayrollBatch, Failure> {
    tx.apply(change)
}

/// Takes what goes with the wages of a month, and closes it. While the last batch of the month is not confirmed, that is
/// answered, however often it is asked; so it is where nothing is left.
///
/// # Errors
/// Where the permission does not reach the whole company; a month that has not begun.
pub fn take(tx: &mut Tx<'_>, month: Period) -> Result<PayrollBatch, Failure> {
    ensure_of_the_company(tx.reach().all)?;
    PayrollBatch::check_month(month, Period::containing(Span::Month, tx.today()))?;
    tx.hold_alone(PAYROLL)?;
    let last = row::last_of(tx, month)?;
    if let Some(waiting) = last.as_ref().filter(|last| last.status.state() != PayrollBatchState::Confirmed) {
        return Ok(waiting.clone());
    }
    let ready = goes_with_payroll(tx, month, ENTRIES_MAX)?;
    let part = match last {
        Some(last) if ready.is_empty() => return Ok(last),
        Some(last) => last.part + 1,
        None => 1,
    };
    let totals: MonthlyTotals = ready.iter().collect();
    let count = u32::try_from(ready.len()).unwrap_or(u32::MAX);
    let change = PayrollBatch::take(tx.id(), (month, part), (count, totals), tx.actor(), tx.now());
    let batch = apply(tx, change)?;
    row::set_apart(tx, batch.id, &ready)?;
    Ok(batch)
}

/// The payroll says that it has a batch; again, nothing happens.
///
/// # Errors
/// Where it said so under another reference.
pub fn acknowledge(tx: &mut Tx<'_>, batch: PayrollBatch, reference: String) -> Result<PayrollBatch, Failure> {
    match batch.acknowledge(reference, tx.actor(), tx.now())? {
        Ok(change) => apply(tx, change),
        Err(known) => Ok(known),
    }
}

/// The payroll says that a batch went with the wages: its entries are carried out. Again, nothing happens.
///
/// # Errors
/// Where it was not acknowledged.
pub fn confirm(tx: &mut Tx<'_>, batch: PayrollBatch) -> Result<PayrollBatch, Failure> {
    let (name, now) = (batch.name(), tx.now());
    let batch = match batch.confirm(tx.actor(), now)? {
        Ok(change) => apply(tx, change)?,
        Err(known) => return Ok(known),
    };
    let members = row::members(tx, batch.id)?;
    for entry in several(tx, &members)? {
        let change = entry.execute(name.clone(), now)?;
        entries::apply(tx, change)?;
    }
    Ok(batch)
}
