//! Batches of commission in the database: each statement goes with one, whoever takes a month at the same time. `[COM-11, EXP-10]`

mod row;
/// What one batch looks like, and the batches.
pub mod view;

pub use row::find;
pub use view::{CommissionBatchFilter, CommissionBatchView, list, show, view};

use crate::{
    commission_statement::{self as statements, RECKONING},
    spine::{Failure, Tx},
};
use domain::{
    commission_batch::CommissionBatch, commission_statement::ensure_of_the_company, spine::Change,
    working_time::Period,
};

crate::spine::resource! { crate::Sales: CommissionBatch as CommissionBatchView; find, apply, show = show }

/// Writes a change of a batch.
///
/// # Errors
/// Where it moved meanwhile.
pub fn apply(tx: &mut Tx<'_>, change: Change<CommissionBatch>) -> Result<CommissionBatch, Failure> {
    tx.apply(change)
}

/// Takes what is approved of a month. While the last batch of the month is not confirmed, that is answered, however often it
/// is asked; so it is where nothing is left.
///
/// # Errors
/// Where the permission does not reach the whole company; where nothing of the month was ever ready.
pub fn take(tx: &mut Tx<'_>, month: Period) -> Result<CommissionBatch, Failure> {
    ensure_of_the_company(tx.reach().all)?;
    tx.hold_alone(RECKONING)?;
    let last = row::last_of(tx, month)?;
    if let Some(waiting) = last.as_ref().filter(|last| !last.is_over()) {
        return Ok(waiting.clone());
    }
    let ready = statements::ready(tx, month)?;
    let part = match last {
        Some(last) if ready.is_empty() => return Ok(last),
        Some(last) => last.part + 1,
        None => 1,
    };
    let mut found = Vec::new();
    for id in ready {
        found.push(statements::find(tx, id)?);
    }
    let total = found.iter().map(|statement| statement.reckoned.payable()).sum();
    let count = u32::try_from(found.len()).unwrap_or(u32::MAX);
    let change = CommissionBatch::take(tx.id(), (month, part), (count, total), tx.actor(), tx.now())?;
    let batch = apply(tx, change)?;
    for statement in found {
        let statement = statements::apply(tx, statement.export()?)?;
        statements::set_batch(tx, statement.id, batch.id)?;
    }
    Ok(batch)
}

/// The payroll says that it has a batch; again, nothing happens.
///
/// # Errors
/// Where it said so under another reference.
pub fn acknowledge(
    tx: &mut Tx<'_>,
    batch: CommissionBatch,
    reference: String,
) -> Result<CommissionBatch, Failure> {
    match batch.acknowledge(reference, tx.actor(), tx.now())? {
        Ok(change) => apply(tx, change),
        Err(known) => Ok(known),
    }
}

/// The payroll says that a batch went with the wages: its statements are paid. Again, nothing happens.
///
/// # Errors
/// Where it was not acknowledged.
pub fn confirm(tx: &mut Tx<'_>, batch: CommissionBatch) -> Result<CommissionBatch, Failure> {
    let batch = match batch.confirm(tx.actor(), tx.now())? {
        Ok(change) => apply(tx, change)?,
        Err(known) => return Ok(known),
    };
    for id in statements::of_batch(tx, batch.id)? {
        let statement = statements::find(tx, id)?;
        statements::apply(tx, statement.pay()?)?;
    }
    Ok(batch)
}
