//! What is done with a receipt: recorded and allocated in one transaction, allocated later, bounced. Lock order: the counted
//! figures of contracts by their ids, then their sales. `[REC-1b, CNT]`

use super::{apply, row::is_suspect};
use crate::{
    counted_figure,
    customer_file::{standing, view::refer_to},
    organisation::{employee, referred},
    sale, sales_contract, sales_terms,
    spine::{Failure, Tx},
};
use domain::{
    counted_figure::{CountedKind, Movement},
    receipt::{Allocation, CONTRACT_FULL, NewReceipt, OTHER_CUSTOMER, Receipt, ReceiptDetails},
    sales_contract::SalesContractId,
    spine::{Currency, Money, Refusal},
};
use uuid::Uuid;

/// Records what a customer paid, and allocates it: to the contract that is named, or to those approved first; what does not
/// fit stays the customer's.
///
/// # Errors
/// What refers to nothing; a reference that is taken. Never how much it is.
pub fn record(
    tx: &mut Tx<'_>,
    details: ReceiptDetails,
    to: Option<SalesContractId>,
) -> Result<Receipt, Failure> {
    referred(refer_to(tx, details.customer), "/customer_id")?;
    if let Some(taken_by) = details.taken_by {
        employee::refer(tx, taken_by, "/taken_by_id")?;
    }
    if let Some(contract) = to {
        check(tx, contract, &details)?;
    }
    let department = standing::of(tx, details.customer)?.department;
    let is_suspect = is_suspect(tx, &details)?;
    let terms = sales_terms::today(tx)?;
    let number = crate::spine::next_number(tx, &terms.content.receipt_prefix)?;
    let new = NewReceipt { id: tx.id(), number, department, is_suspect, by: tx.actor().user };
    let (customer, when) = (details.customer, (tx.now(), tx.today()));
    let receipt = apply(tx, Receipt::record(new, details, when)?)?;
    let contracts = match to {
        Some(contract) => vec![contract],
        None => sales_contract::collecting(tx, customer)?,
    };
    spread(tx, receipt, &contracts)
}

/// Whether a contract takes money, and from this customer.
fn check(tx: &mut Tx<'_>, contract: SalesContractId, details: &ReceiptDetails) -> Result<(), Failure> {
    let contract = referred(sales_contract::find_unscoped(tx, contract), "/contract_id")?;
    if contract.content.customer != details.customer {
        let number = contract.petition.number.clone();
        return Err(Refusal::new(OTHER_CUSTOMER).with("number", number).at("/contract_id").into());
    }
    Ok(contract.check_collecting()?)
}

/// Allocates what is left of a receipt to contracts in their order, each as far as it takes it.
fn spread(tx: &mut Tx<'_>, receipt: Receipt, contracts: &[SalesContractId]) -> Result<Receipt, Failure> {
    let subjects: Vec<Uuid> = contracts.iter().map(|contract| contract.uuid()).collect();
    let figures = counted_figure::locked(tx, CountedKind::Collected, &subjects)?;
    let (mut left, mut parts) = (receipt.unallocated(), Vec::new());
    for contract in contracts {
        let Some(figure) = figures.get(&contract.uuid()) else { continue };
        let (after, rest) = figure.take_up_to(left);
        let amount = after.counted - figure.counted;
        if amount > 0 {
            parts.push(Allocation { id: tx.ids().fresh(), contract: *contract, amount, at: tx.now() });
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
    (contract, amount): (SalesContractId, Money),
) -> Result<Receipt, Failure> {
    check(tx, contract, &receipt.details)?;
    let figures = counted_figure::locked(tx, CountedKind::Collected, &[contract.uuid()])?;
    let left = figures.get(&contract.uuid()).map_or(0, |figure| figure.left());
    if amount.minor() > left {
        let number = sales_contract::find_unscoped(tx, contract)?.petition.number;
        let refusal = Refusal::new(CONTRACT_FULL).with("number", number);
        let refusal = refusal.with("left", Money::from_minor(left, Currency::Cny).to_string());
        return Err(refusal.with("asked", amount.to_string()).at("/amount").into());
    }
    let part = Allocation { id: tx.ids().fresh(), contract, amount: amount.minor(), at: tx.now() };
    allocated(tx, receipt, vec![part])
}

/// Writes allocations with what they move: the counted figure of each contract and the commission of its sale.
fn allocated(tx: &mut Tx<'_>, receipt: Receipt, parts: Vec<Allocation>) -> Result<Receipt, Failure> {
    let receipt = apply(tx, receipt.allocate(parts.clone())?)?;
    moved(tx, &parts)?;
    Ok(receipt)
}

fn moved(tx: &mut Tx<'_>, parts: &[Allocation]) -> Result<(), Failure> {
    for part in parts {
        let movement = Movement { source: part.id, amount: part.amount };
        if !counted_figure::moved(tx, CountedKind::Collected, part.contract.uuid(), movement)? {
            return Err(Failure::Moved);
        }
        sale::deed::receive(tx, part.contract, part.id, part.amount)?;
    }
    Ok(())
}

/// The bank took a receipt back: what was allocated is undone by counter-entries, and commission with it.
///
/// # Errors
/// `receipt.bounced_already`.
pub fn bounce(tx: &mut Tx<'_>, receipt: Receipt, reason: String) -> Result<Receipt, Failure> {
    let standing = receipt.standing();
    let subjects: Vec<Uuid> = standing.iter().map(|(contract, _)| contract.uuid()).collect();
    counted_figure::locked(tx, CountedKind::Collected, &subjects)?;
    let now = tx.now();
    let undo = |(contract, amount): &(SalesContractId, i64)| Allocation {
        id: tx.ids().fresh(),
        contract: *contract,
        amount: -amount,
        at: now,
    };
    let undone: Vec<Allocation> = standing.iter().map(undo).collect();
    let receipt = apply(tx, receipt.bounce(reason, undone.clone(), now)?)?;
    moved(tx, &undone)?;
    Ok(receipt)
}
