//! What is done with a unit and moves more than it. Lock order: the customer's credit, the deposit, then the unit. `[ORD-2, CNT]`

use super::{apply, row};
use crate::{
    counted_figure, order_terms,
    organisation::{Register, referred},
    product, receipt, sales_contract,
    spine::{Failure, Reader, Tx},
};
use chrono::Days;
use domain::{
    approval::NO_EMPLOYEE,
    counted_figure::{Control, CountedFigure, CountedKind, Movement},
    product::ProductId,
    receipt::{Receipt, ReceiptDetails, ReceiptId},
    sales_contract::{ContractKind, SalesContractId, SalesContractState},
    spine::{BusinessDate, Refusal},
    unit::{Reservation, UNIT_OTHER_CONTRACT, Unit},
};

/// Enters a unit that is sold as a product.
///
/// # Errors
/// A product that is not there; a code that is taken.
pub fn enter(tx: &mut Tx<'_>, named: (String, String), product: ProductId) -> Result<Unit, Failure> {
    product::refer(tx, product, "/product_id")?;
    let change = Unit::enter(tx.id(), named, product)?;
    let unit = apply(tx, change)?;
    let figure = CountedFigure::open(CountedKind::Unit, 1, Control::Hard);
    counted_figure::open(tx, unit.id.uuid(), figure)?;
    Ok(unit)
}

/// Takes a deposit on a unit: a large one reserves it in the same act, so that of fifty at once one does; a small one holds
/// nothing and is the customer's.
///
/// # Errors
/// `unit.taken`, where the deposit would be the large one: nothing is recorded then.
pub fn deposit(tx: &mut Tx<'_>, unit: Unit, details: ReceiptDetails) -> Result<(Unit, Receipt), Failure> {
    let is_large = details.is_deposit;
    if is_large {
        unit.expect_available()?;
    }
    let by = tx.actor().employee.ok_or_else(|| Refusal::new(NO_EMPLOYEE))?;
    let (customer, today) = (details.customer, tx.today());
    let department = Register::of(tx)?.department_on(by, today).ok_or_else(|| Refusal::new(NO_EMPLOYEE))?;
    let details = ReceiptDetails { taken_by: Some(by), ..details };
    let receipt = receipt::deed::keep(tx, details)?;
    if !is_large {
        return Ok((unit, receipt));
    }
    let days = Days::new(order_terms::today(tx)?.content.reserved_days.into());
    let until = today.checked_add_days(days).unwrap_or(BusinessDate::MAX);
    let held =
        Reservation { customer, deposit: receipt.id, by, department, at: tx.now(), until, contract: None };
    count(tx, &unit, 1)?;
    let change = unit.reserve(held)?;
    Ok((apply(tx, change)?, receipt))
}

/// Moves the figure of a unit, which is one at most: one update, whose condition says that nobody holds it.
fn count(tx: &mut Tx<'_>, unit: &Unit, amount: i64) -> Result<(), Failure> {
    let movement = Movement { source: tx.ids().fresh(), amount };
    // Somebody else was quicker: done again from its beginning, the state says so.
    let is_moved = counted_figure::moved(tx, CountedKind::Unit, unit.id.uuid(), movement)?;
    if is_moved { Ok(()) } else { Err(Failure::Moved) }
}

/// A unit is bought by a signed contract of the customer who holds it.
///
/// # Errors
/// `unit.other_contract`, `unit.not_reserved`; a stranger.
pub fn sign(tx: &mut Tx<'_>, unit: Unit, contract: SalesContractId) -> Result<Unit, Failure> {
    let contract = referred(sales_contract::find(tx, contract), "/contract_id")?;
    let customer = unit.reservation.as_ref().map(|held| held.customer);
    let is_theirs = customer.is_none_or(|customer| customer == contract.content.customer)
        && contract.content.kind == ContractKind::UnitPurchase
        && contract.state() == SalesContractState::Signed;
    if !is_theirs {
        let refusal = Refusal::new(UNIT_OTHER_CONTRACT).with("number", contract.petition.number);
        return Err(refusal.at("/contract_id").into());
    }
    let change = unit.sign(contract.id, tx.actor())?;
    apply(tx, change)
}

/// Who holds a unit lets it go.
///
/// # Errors
/// As of [`Unit::release`].
pub fn release(tx: &mut Tx<'_>, unit: Unit, reason: &str) -> Result<Unit, Failure> {
    let change = unit.release(reason, tx.actor(), tx.today())?;
    let unit = apply(tx, change)?;
    count(tx, &unit, -1)?;
    Ok(unit)
}

/// A deposit bounced: the unit that it held is to be had again, in the same transaction. `[OWN-13]`
pub(crate) fn without_deposit(tx: &mut Tx<'_>, deposit: ReceiptId) -> Result<(), Failure> {
    match row::held_by(tx, deposit)? {
        Some(unit) => let_go(tx, unit),
        None => Ok(()),
    }
}

/// Nothing is left of what was paid for a unit: it is to be had again, in the same transaction. `[ORD-2]`
pub(crate) fn without_money(tx: &mut Tx<'_>, contract: SalesContractId) -> Result<(), Failure> {
    match row::bought_by(tx, contract)? {
        Some(unit) => let_go(tx, unit),
        None => Ok(()),
    }
}

fn let_go(tx: &mut Tx<'_>, unit: Unit) -> Result<(), Failure> {
    let unit = apply(tx, unit.let_go())?;
    count(tx, &unit, -1)
}

/// Whether somebody who looks may see for whom a unit is held.
pub(super) fn may_see_holder(reader: &Reader<'_>, held: &Reservation) -> bool {
    let actor = reader.actor();
    actor.is(held.by) || domain::unit::supervises(held, actor)
}
