//! What is done with a refund and moves more than it. Lock order: credit, the counted figure of the contract or order, then its
//! sale.

use super::{
    apply,
    settle::{collected, routed},
};
use crate::{
    approval::document,
    counted_figure,
    credit_grant::exposure,
    organisation::referred,
    sale, sales_contract, sales_order, sales_terms,
    spine::{Failure, Tx},
    unit,
};
use domain::{
    approval::NewDocument,
    counted_figure::{CountedKind, Movement},
    customer_file::CustomerId,
    refund::{ORDER_NOT_REFUNDED, Refund, RefundContent},
    sale::Deal,
    spine::{DepartmentId, Refusal},
};

/// Of which department a deal is whose money may go back: a contract that was approved, or an order that is a sale of its own, also
/// one that was cancelled, in sight.
fn refundable(tx: &mut Tx<'_>, deal: Deal) -> Result<DepartmentId, Failure> {
    match deal {
        Deal::Contract(id) => {
            let contract = referred(sales_contract::find(tx, id), "/contract_id")?;
            contract.check_collecting()?;
            Ok(contract.department)
        }
        Deal::Order(id) => {
            let order = referred(sales_order::find(tx, id), "/order_id")?;
            if sales_order::deed::deal_of(tx, &order)? != deal || !order.was_agreed() {
                let refusal = Refusal::new(ORDER_NOT_REFUNDED).with("number", order.petition.number);
                return Err(refusal.at("/order_id").into());
            }
            Ok(order.department)
        }
    }
}

/// Asks for a refund of a contract or order in sight.
///
/// # Errors
/// One out of sight, or of which nothing is collected; what is not well formed.
pub fn create(tx: &mut Tx<'_>, content: RefundContent) -> Result<Refund, Failure> {
    let department = refundable(tx, content.deal)?;
    let terms = sales_terms::today(tx)?;
    let number = crate::spine::next_number(tx, &terms.content.refund_prefix)?;
    let new = NewDocument { id: tx.id(), number, submitter: None };
    let change = Refund::create(new, department, content, tx.actor(), tx.now())?;
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

/// Whose a deal is.
fn customer_of(tx: &mut Tx<'_>, deal: Deal) -> Result<CustomerId, Failure> {
    Ok(match deal {
        Deal::Contract(id) => sales_contract::find_unscoped(tx, id)?.content.customer,
        Deal::Order(id) => sales_order::find_unscoped(tx, id)?.content.customer,
    })
}

/// Finance says that it was paid: once, however often it is told. Of two refunds at once of what is left for one, one is
/// refused.
///
/// # Errors
/// `refund.more_than_collected`, `refund.not_payable`, `refund.paid_otherwise`; a reference that is taken.
pub fn pay(tx: &mut Tx<'_>, refund: Refund, reference: String) -> Result<Refund, Failure> {
    let (deal, amount) = (refund.content.deal, refund.content.amount.minor());
    let customer = customer_of(tx, deal)?;
    exposure::lock(tx, customer)?;
    let figures = counted_figure::locked(tx, CountedKind::Collected, &[deal.uuid()])?;
    let collected = figures.get(&deal.uuid()).map_or(0, |figure| figure.counted);
    let refund = match refund.pay(reference, tx.actor(), tx.now())? {
        Ok(change) => {
            change.after().check_collected(collected)?;
            apply(tx, change)?
        }
        Err(known) => return Ok(known),
    };
    let movement = Movement { source: refund.id.uuid(), amount: -amount };
    if !counted_figure::moved(tx, CountedKind::Collected, deal.uuid(), movement)? {
        return Err(Failure::Moved);
    }
    let total = sale::deed::receive(tx, deal, refund.id.uuid(), -amount)?;
    // What came back had left the ceiling where what was collected stood: it comes down with that.
    counted_figure::limit(tx, CountedKind::Collected, deal.uuid(), total.max(collected - amount))?;
    exposure::settle(tx, customer, deal)?;
    if let Some(contract) = deal.contract().filter(|_| collected == amount) {
        unit::deed::without_money(tx, contract)?;
    }
    Ok(refund)
}
