//! What customers owe against what they may: counted by deals, under one figure a customer. `[REC-1e, CNT]`
//!
//! A deal counts with what is ordered of it less what is paid; what a customer paid and nothing has yet lets them owe as much
//! more. Every change locks the customer's figure first.

use super::{
    apply,
    row::{limit_in_force, release_of},
};
use crate::{
    counted_figure, order_terms, sales_order,
    schema::receipts,
    spine::{Failure, Key, Reader, Tx, db},
};
use diesel::prelude::*;
use domain::{
    counted_figure::{Control, CountedFigure, CountedKind, Movement},
    credit_grant::{Granted, exceeded},
    customer_file::CustomerId,
    sale::Deal,
    sales_order::SalesOrder,
};

/// More than anybody owes, in minor units: the ceiling of what has none.
const UNBOUNDED: i64 = 1_000_000_000_000_000;

/// Locks what a customer owes until the unit of work ends: before anything else that they have.
///
/// # Errors
/// Where the database fails.
pub(crate) fn lock(tx: &mut Tx<'_>, customer: CustomerId) -> Result<(), Failure> {
    let figure = CountedFigure::open(CountedKind::Credit, UNBOUNDED, Control::Special);
    counted_figure::ensure(tx, customer.uuid(), figure)?;
    counted_figure::locked(tx, CountedKind::Credit, &[customer.uuid()]).map(drop)
}

/// What a customer may owe at most, in minor units: by what was granted, or by policy; none where they are not limited.
///
/// # Errors
/// Where the database fails.
pub(super) fn limit_of(reader: &mut Reader<'_>, customer: CustomerId) -> Result<Option<i64>, Failure> {
    let granted = limit_in_force(reader, customer)?.map(|grant| grant.content.granted);
    match granted {
        Some(Granted::Limit { limit, .. }) => Ok(Some(limit.minor())),
        _ => Ok(order_terms::today(reader)?.content.limit_without_grant_minor),
    }
}

/// How many days a customer has to pay, where that was granted.
///
/// # Errors
/// Where the database fails.
pub(crate) fn days_of(reader: &mut Reader<'_>, customer: CustomerId) -> Result<Option<u32>, Failure> {
    Ok(match limit_in_force(reader, customer)?.map(|grant| grant.content.granted) {
        Some(Granted::Limit { days, .. }) => Some(days),
        _ => None,
    })
}

/// What a customer paid and nothing has, in minor units.
///
/// # Errors
/// Where the database fails.
pub(super) fn unallocated(reader: &mut Reader<'_>, customer: CustomerId) -> Result<i64, Failure> {
    let key = Key::from(customer);
    let left: Vec<i64> = db!(reader, |c| receipts::table
        .filter(receipts::customer_id.eq(key).and(receipts::unallocated_minor.gt(0)))
        .select(receipts::unallocated_minor)
        .load(c))?;
    Ok(left.into_iter().sum())
}

/// What is owed of a deal by now, beside what is counted of it.
fn difference(reader: &mut Reader<'_>, deal: Deal) -> Result<i64, Failure> {
    let owed = sales_order::owed(reader, deal)?;
    let collected = counted_figure::of(reader, CountedKind::Collected, deal.uuid())?;
    let counted = counted_figure::of(reader, CountedKind::Exposure, deal.uuid())?;
    let target = (owed - collected.map_or(0, |figure| figure.counted)).max(0);
    Ok(target - counted.map_or(0, |figure| figure.counted))
}

/// Counts a deal as it stands, whatever the limit: what is paid, cancelled or came back.
///
/// # Errors
/// Where the database fails.
pub(crate) fn settle(tx: &mut Tx<'_>, customer: CustomerId, deal: Deal) -> Result<(), Failure> {
    let amount = difference(tx, deal)?;
    if amount == 0 {
        return Ok(());
    }
    let movement = Movement { source: tx.ids().fresh(), amount };
    if !counted_figure::moved(tx, CountedKind::Credit, customer.uuid(), movement)? {
        return Err(Failure::Moved);
    }
    count(tx, deal, movement)
}

fn count(tx: &mut Tx<'_>, deal: Deal, movement: Movement) -> Result<(), Failure> {
    let figure = CountedFigure::open(CountedKind::Exposure, UNBOUNDED, Control::Special);
    counted_figure::ensure(tx, deal.uuid(), figure)?;
    let is_moved = counted_figure::moved(tx, CountedKind::Exposure, deal.uuid(), movement)?;
    if is_moved { Ok(()) } else { Err(Failure::Moved) }
}

/// Counts an order that is handed in, or leaves a hold: within what its customer may owe, or by a release of its own, which is
/// used by that. The condition of the one update carries the limit.
///
/// # Errors
/// `credit.exceeded`, with what is missing.
pub(crate) fn take(tx: &mut Tx<'_>, order: &SalesOrder, deal: Deal) -> Result<(), Failure> {
    let customer = order.content.customer;
    let Some(limit) = limit_of(tx, customer)? else { return settle(tx, customer, deal) };
    counted_figure::limit(tx, CountedKind::Credit, customer.uuid(), limit)?;
    let (amount, beyond) = (difference(tx, deal)?, unallocated(tx, customer)?);
    let movement = Movement { source: tx.ids().fresh(), amount };
    let counted = counted_figure::moved_within(tx, CountedKind::Credit, customer.uuid(), (movement, beyond))?;
    if !counted {
        let Some(release) = release_of(tx, order.id)? else {
            return Err(exceeded(missing(tx, customer, amount)?.max(1)).into());
        };
        let now = tx.now();
        apply(tx, release.end(now))?;
        if !counted_figure::moved(tx, CountedKind::Credit, customer.uuid(), movement)? {
            return Err(Failure::Moved);
        }
    }
    count(tx, deal, movement)
}

/// How far a customer would owe more than they may, by so much more; not above nothing where they would not.
fn missing(reader: &mut Reader<'_>, customer: CustomerId, amount: i64) -> Result<i64, Failure> {
    let Some(limit) = limit_of(reader, customer)? else { return Ok(0) };
    let counted = counted_figure::of(reader, CountedKind::Credit, customer.uuid())?;
    let counted = counted.map_or(0, |figure| figure.counted);
    Ok(counted + amount - limit - unallocated(reader, customer)?)
}

/// Whether an order that is not handed in yet would go beyond what its customer may owe.
///
/// # Errors
/// `credit.exceeded`, with what is missing.
pub(crate) fn check(reader: &mut Reader<'_>, order: &SalesOrder, deal: Deal) -> Result<(), Failure> {
    let total = order.content.total().map_err(Failure::fault)?.minor();
    let paid = match deal {
        Deal::Contract(_) => {
            let collected = counted_figure::of(reader, CountedKind::Collected, deal.uuid())?;
            let owed = sales_order::owed(reader, deal)?;
            collected.map_or(0, |figure| figure.counted - owed).clamp(0, total)
        }
        Deal::Order(_) => 0,
    };
    let missing = missing(reader, order.content.customer, total - paid)?;
    if missing <= 0 || release_of(reader, order.id)?.is_some() {
        Ok(())
    } else {
        Err(exceeded(missing).into())
    }
}
