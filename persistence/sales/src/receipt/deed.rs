//! What is done with a receipt: recorded and allocated in one transaction, allocated later, bounced. Lock order: the
//! customer's credit, the counted figures of contracts and orders by their ids, then their sales. `[REC-1b, CNT]`

use super::{
    apply,
    row::{is_suspect, known_as},
};
use crate::{
    counted_figure,
    credit_grant::exposure,
    customer_file::{standing, view::refer_to},
    organisation::{employee, referred},
    receivable_terms, sale, sales_contract, sales_order, sales_terms,
    spine::{Failure, Tx},
    unit,
};
use domain::{
    counted_figure::{CountedKind, Movement},
    customer_file::CustomerId,
    receipt::{
        Allocation, CONTRACT_FULL, NewReceipt, ORDER_NOT_COLLECTING, OTHER_CUSTOMER, Receipt, ReceiptDetails,
    },
    sale::Deal,
    spine::{Currency, Money, Refusal},
};
use persistence_finance::accounting_period;
use uuid::Uuid;

/// Records what a customer paid, and allocates it: to the contract that is named, or to those approved first; what does not
/// fit stays the customer's.
///
/// # Errors
/// What refers to nothing; a reference that is taken; a day that lies ahead, too far back or in a month that is closed. Never how
/// much it is.
pub fn record(tx: &mut Tx<'_>, details: ReceiptDetails, to: Option<Deal>) -> Result<Receipt, Failure> {
    exposure::lock(tx, details.customer)?;
    if let Some(deal) = to {
        check(tx, deal, &details)?;
    }
    let customer = details.customer;
    let receipt = keep(tx, details)?;
    let deals = match to {
        Some(deal) => vec![deal],
        None => collecting(tx, customer)?,
    };
    spread(tx, receipt, &deals)
}

/// Another system tells of a receipt: recorded once under its identity there; whether it was known.
///
/// # Errors
/// As of [`record`]; `receipt.said_otherwise`.
pub fn told(tx: &mut Tx<'_>, details: ReceiptDetails, to: Option<Deal>) -> Result<(Receipt, bool), Failure> {
    referred(refer_to(tx, details.customer), "/customer_id")?;
    // Of two that tell the same at once the second waits here, and finds what the first recorded.
    exposure::lock(tx, details.customer)?;
    if let Some(external) = &details.external
        && let Some(known) = known_as(tx, external)?
    {
        known.expect_same(&details)?;
        return Ok((known, true));
    }
    Ok((record(tx, details, to)?, false))
}

/// Records what a customer paid, and leaves it theirs: a deposit, for what is to come.
///
/// # Errors
/// What refers to nothing; a reference that is taken.
pub(crate) fn keep(tx: &mut Tx<'_>, details: ReceiptDetails) -> Result<Receipt, Failure> {
    referred(refer_to(tx, details.customer), "/customer_id")?;
    if let Some(taken_by) = details.taken_by {
        employee::refer(tx, taken_by, "/taken_by_id")?;
    }
    let department = standing::of(tx, details.customer)?.department;
    let is_suspect = is_suspect(tx, &details)?;
    let (terms, receivables) = (sales_terms::today(tx)?, receivable_terms::today(tx)?);
    let (earliest, today) = (receivables.content.earliest_receipt(tx.today()), tx.today());
    let number = crate::spine::next_number(tx, &terms.content.receipt_prefix)?;
    let new = NewReceipt { id: tx.id(), number, department, is_suspect, by: tx.actor().user };
    let change = Receipt::record(new, details, tx.now(), (earliest, today))?;
    // Days that cannot be are said before months that are closed.
    accounting_period::ensure_open(tx, change.after().details.received_on)?;
    apply(tx, change)
}

/// What of a customer's takes money: contracts, and orders that are sales of their own; what was approved first before the others.
fn collecting(tx: &mut Tx<'_>, customer: CustomerId) -> Result<Vec<Deal>, Failure> {
    let contracts = sales_contract::collecting(tx, customer)?;
    let mut deals: Vec<_> = contracts.into_iter().map(|(at, id)| (at, Deal::Contract(id))).collect();
    let orders = sales_order::collecting(tx, customer)?;
    deals.extend(orders.into_iter().map(|(at, id)| (at, Deal::Order(id))));
    deals.sort_by_key(|(at, deal)| (*at, deal.uuid()));
    Ok(deals.into_iter().map(|(_, deal)| deal).collect())
}

/// Whether a contract or an order takes money, and from this customer.
fn check(tx: &mut Tx<'_>, deal: Deal, details: &ReceiptDetails) -> Result<(), Failure> {
    let (number, customer, pointer) = match deal {
        Deal::Contract(id) => {
            let contract = referred(sales_contract::find_unscoped(tx, id), "/contract_id")?;
            contract.check_collecting()?;
            (contract.petition.number, contract.content.customer, "/contract_id")
        }
        Deal::Order(id) => {
            let order = referred(sales_order::find_unscoped(tx, id), "/order_id")?;
            let part_of = sales_order::deed::deal_of(tx, &order)?;
            if part_of != deal || !order.is_collecting() {
                let refusal = Refusal::new(ORDER_NOT_COLLECTING).with("number", order.petition.number);
                return Err(refusal.at("/order_id").into());
            }
            (order.petition.number, order.content.customer, "/order_id")
        }
    };
    if customer != details.customer {
        return Err(Refusal::new(OTHER_CUSTOMER).with("number", number).at(pointer).into());
    }
    Ok(())
}

/// Allocates what is left of a receipt to contracts and orders in their order, each as far as it takes it.
fn spread(tx: &mut Tx<'_>, receipt: Receipt, deals: &[Deal]) -> Result<Receipt, Failure> {
    let subjects: Vec<Uuid> = deals.iter().map(|deal| deal.uuid()).collect();
    let figures = counted_figure::locked(tx, CountedKind::Collected, &subjects)?;
    let (mut left, mut parts) = (receipt.unallocated(), Vec::new());
    for deal in deals {
        let Some(figure) = figures.get(&deal.uuid()) else { continue };
        let (after, rest) = figure.take_up_to(left);
        let amount = after.counted - figure.counted;
        if amount > 0 {
            parts.push(Allocation { id: tx.ids().fresh(), deal: *deal, amount, at: tx.now() });
        }
        left = rest;
    }
    if parts.is_empty() { Ok(receipt) } else { allocated(tx, receipt, parts) }
}

/// Allocates so much of what is left of a receipt to a contract.
///
/// # Errors
/// `receipt.contract_full`, `receipt.nothing_left`, `receipt.other_customer`; a contract that takes nothing.
pub fn allocate(
    tx: &mut Tx<'_>,
    receipt: Receipt,
    (deal, amount): (Deal, Money),
) -> Result<Receipt, Failure> {
    exposure::lock(tx, receipt.details.customer)?;
    check(tx, deal, &receipt.details)?;
    let figures = counted_figure::locked(tx, CountedKind::Collected, &[deal.uuid()])?;
    let left = figures.get(&deal.uuid()).map_or(0, |figure| figure.left());
    if amount.minor() > left {
        let number = match deal {
            Deal::Contract(id) => sales_contract::find_unscoped(tx, id)?.petition.number,
            Deal::Order(id) => sales_order::find_unscoped(tx, id)?.petition.number,
        };
        let refusal = Refusal::new(CONTRACT_FULL).with("number", number);
        let refusal = refusal.with("left", Money::from_minor(left, Currency::Cny).to_string());
        return Err(refusal.with("asked", amount.to_string()).at("/amount").into());
    }
    let part = Allocation { id: tx.ids().fresh(), deal, amount: amount.minor(), at: tx.now() };
    allocated(tx, receipt, vec![part])
}

/// Writes allocations with what they move: the counted figure of each contract and the commission of its sale.
fn allocated(tx: &mut Tx<'_>, receipt: Receipt, parts: Vec<Allocation>) -> Result<Receipt, Failure> {
    let receipt = apply(tx, receipt.allocate(parts.clone())?)?;
    moved(tx, receipt.details.customer, &parts)?;
    Ok(receipt)
}

fn moved(tx: &mut Tx<'_>, customer: CustomerId, parts: &[Allocation]) -> Result<(), Failure> {
    for part in parts {
        let movement = Movement { source: part.id, amount: part.amount };
        if !counted_figure::moved(tx, CountedKind::Collected, part.deal.uuid(), movement)? {
            return Err(Failure::Moved);
        }
        sale::deed::receive(tx, part.deal, part.id, part.amount)?;
        exposure::settle(tx, customer, part.deal)?;
    }
    Ok(())
}

/// The bank took a receipt back: what was allocated is undone by counter-entries, and commission with it.
///
/// # Errors
/// `receipt.bounced_already`.
pub fn bounce(tx: &mut Tx<'_>, receipt: Receipt, reason: String) -> Result<Receipt, Failure> {
    exposure::lock(tx, receipt.details.customer)?;
    let standing = receipt.standing();
    let subjects: Vec<Uuid> = standing.iter().map(|(deal, _)| deal.uuid()).collect();
    counted_figure::locked(tx, CountedKind::Collected, &subjects)?;
    let now = tx.now();
    let undo = |(deal, amount): &(Deal, i64)| Allocation {
        id: tx.ids().fresh(),
        deal: *deal,
        amount: -amount,
        at: now,
    };
    let undone: Vec<Allocation> = standing.iter().map(undo).collect();
    let receipt = apply(tx, receipt.bounce(reason, undone.clone(), now)?)?;
    moved(tx, receipt.details.customer, &undone)?;
    unit::deed::without_deposit(tx, receipt.id)?;
    Ok(receipt)
}
