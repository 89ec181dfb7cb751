//! What is done with a refund and moves more than it. Lock order: credit, the counted figure of the contract or order, then its
//! sale; credit, then the receipt.

use super::{
    apply,
    settle::{collected, routed},
};
use crate::{
    approval::document,
    counted_figure,
    credit_grant::exposure,
    organisation::referred,
    receipt, sale, sales_contract, sales_order, sales_terms, separation_policy,
    spine::{Failure, Tx},
    unit,
};
use domain::{
    approval::NewDocument,
    counted_figure::{CountedKind, Movement},
    customer_file::CustomerId,
    receipt::ReceiptId,
    refund::{ORDER_NOT_REFUNDED, Refund, RefundContent, RefundOf},
    sale::Deal,
    spine::{DepartmentId, Refusal},
};
use domain_finance::separation_policy::SeparationRule;
use serde_json::json;

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
    let department = match content.of {
        RefundOf::Deal(deal) => refundable(tx, deal)?,
        RefundOf::Receipt(id) => referred(receipt::find(tx, id), "/receipt_id")?.department,
    };
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
/// `refund.more_than_collected`, `refund.not_payable`, `refund.paid_otherwise`; a reference that is taken; one's own, where no
/// policy loosens that.
pub fn pay(tx: &mut Tx<'_>, refund: Refund, reference: String) -> Result<Refund, Failure> {
    match refund.content.of {
        RefundOf::Deal(deal) => pay_of(tx, refund, deal, reference),
        RefundOf::Receipt(id) => pay_of_receipt(tx, refund, id, reference),
    }
}

/// Notes that it was paid, by somebody else than who asked for it; one that was paid already, as it stands.
fn note_paid(
    tx: &mut Tx<'_>,
    refund: Refund,
    reference: String,
    collected: i64,
) -> Result<Result<Refund, Refund>, Failure> {
    let (is_own, number) = (refund.is_own_in_books(tx.actor()), json!({"number": refund.petition.number}));
    let told = separation_policy::apart(tx, SeparationRule::OwnInBooks, is_own, number)?;
    match refund.pay(reference, tx.actor(), tx.now())? {
        Ok(change) => {
            change.after().check_collected(collected)?;
            apply(tx, change.explained(told)).map(Ok)
        }
        Err(known) => Ok(Err(known)),
    }
}

/// What no contract has of a receipt goes back; a unit that it held as a deposit, once nothing is left of it, is to be had again.
fn pay_of_receipt(
    tx: &mut Tx<'_>,
    refund: Refund,
    id: ReceiptId,
    reference: String,
) -> Result<Refund, Failure> {
    let customer = receipt::find_unscoped(tx, id)?.details.customer;
    exposure::lock(tx, customer)?;
    let (receipt, collected) = (receipt::find_unscoped(tx, id)?, collected(tx, &refund)?);
    let refund = match note_paid(tx, refund, reference, collected)? {
        Ok(paid) => paid,
        Err(known) => return Ok(known),
    };
    let receipt = receipt::apply(tx, receipt.give_back(refund.content.amount.minor())?)?;
    if receipt.refunded == receipt.details.amount.minor() {
        unit::deed::without_deposit(tx, id)?;
    }
    Ok(refund)
}

fn pay_of(tx: &mut Tx<'_>, refund: Refund, deal: Deal, reference: String) -> Result<Refund, Failure> {
    let amount = refund.content.amount.minor();
    let customer = customer_of(tx, deal)?;
    exposure::lock(tx, customer)?;
    let figures = counted_figure::locked(tx, CountedKind::Collected, &[deal.uuid()])?;
    let collected = figures.get(&deal.uuid()).map_or(0, |figure| figure.counted);
    let refund = match note_paid(tx, refund, reference, collected)? {
        Ok(paid) => paid,
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
