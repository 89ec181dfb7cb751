//! What is done with a refund and moves more than it. Lock order: the counted figure of the contract, then its sale.

use super::{
    apply,
    settle::{collected, routed},
};
use crate::{
    approval::document,
    counted_figure,
    credit_grant::exposure,
    organisation::referred,
    sale, sales_contract, sales_terms,
    spine::{Failure, Tx},
    unit,
};
use domain::{
    approval::NewDocument,
    counted_figure::{CountedKind, Movement},
    refund::{Refund, RefundContent},
    sale::Deal,
};

/// Asks for a refund of a contract in sight.
///
/// # Errors
/// A contract out of sight; what is not well formed.
pub fn create(tx: &mut Tx<'_>, content: RefundContent) -> Result<Refund, Failure> {
    let contract = referred(sales_contract::find(tx, content.contract), "/contract_id")?;
    contract.check_collecting()?;
    let terms = sales_terms::today(tx)?;
    let number = crate::spine::next_number(tx, &terms.content.refund_prefix)?;
    let new = NewDocument { id: tx.id(), number, submitter: None };
    let change = Refund::create(new, contract.department, content, tx.actor(), tx.now())?;
    apply(tx, change)
}

/// Hands a refund to its approvers.
///
/// # Errors
/// `refund.more_than_collected`; where it is not the actor's to submit, or not now.
pub fn submit(tx: &mut Tx<'_>, refund: Refund) -> Result<Refund, Failure> {
    let collected = collected(tx, &refund)?;
    refund.check_collected(collected)?;
    let routed = routed(tx, &refund);
    document::submit(tx, refund, routed)
}

/// Finance says that it was paid: once, however often it is told. Of two refunds at once of what is left for one, one is
/// refused.
///
/// # Errors
/// `refund.more_than_collected`, `refund.not_payable`, `refund.paid_otherwise`; a reference that is taken.
pub fn pay(tx: &mut Tx<'_>, refund: Refund, reference: String) -> Result<Refund, Failure> {
    let (contract, amount) = (refund.content.contract, refund.content.amount.minor());
    let customer = sales_contract::find_unscoped(tx, contract)?.content.customer;
    exposure::lock(tx, customer)?;
    let figures = counted_figure::locked(tx, CountedKind::Collected, &[contract.uuid()])?;
    let collected = figures.get(&contract.uuid()).map_or(0, |figure| figure.counted);
    let refund = match refund.pay(reference, tx.actor(), tx.now())? {
        Ok(change) => {
            change.after().check_collected(collected)?;
            apply(tx, change)?
        }
        Err(known) => return Ok(known),
    };
    let movement = Movement { source: refund.id.uuid(), amount: -amount };
    if !counted_figure::moved(tx, CountedKind::Collected, contract.uuid(), movement)? {
        return Err(Failure::Moved);
    }
    sale::deed::receive(tx, Deal::Contract(contract), refund.id.uuid(), -amount)?;
    exposure::settle(tx, customer, Deal::Contract(contract))?;
    if collected == amount {
        unit::deed::without_money(tx, contract)?;
    }
    Ok(refund)
}
