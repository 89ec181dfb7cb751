//! Deeds about contracts that move more than the contract: its approval, its sale, whose the customer is. `[CON-1, PRI-2]`

use super::{apply, settle::routed};
use crate::{
    approval::document,
    contract_amendment, counted_figure, filing,
    organisation::employee,
    price_deviation::holding::{self, Offer, OfferedLine},
    sale, sales_terms,
    spine::{Failure, Reader, Tx},
};
use chrono::Days;
use domain::{
    counted_figure::CountedKind,
    document_line::Amounts,
    price_deviation::HolderKind,
    sale::Deal,
    sales_contract::{
        ContractLine, Ending, NOT_SOLD, Open, PRICE_DEVIATES, SalesContract, SalesContractContent, Signature,
    },
    spine::{BusinessDate, EmployeeId},
};

/// Hands a contract to its reviewers: prices are compared with the list of today, and it holds the deviations it sells by.
///
/// # Errors
/// Where it is not the actor's to submit, or not now; a price that deviates from the list without having been agreed to, or
/// that has none; `price_deviation.held`.
pub fn submit(tx: &mut Tx<'_>, contract: SalesContract) -> Result<SalesContract, Failure> {
    contract.check_submission(tx.actor())?;
    unprotected(tx, &contract)?;
    let offer = offered(&contract)?;
    let routed = routed(tx, &contract)?;
    let contract = document::submit(tx, contract, routed)?;
    holding::take(tx, &offer)?;
    Ok(contract)
}

/// Whether nobody else's filing protects what it sells to its customer. `[SAL-2c]`
pub(super) fn unprotected(reader: &mut Reader<'_>, contract: &SalesContract) -> Result<(), Failure> {
    let products = contract.content.lines.iter().map(|line| line.product);
    filing::protection::check(reader, (contract.content.customer, contract.petition.submitter), products)
}

/// What a contract sells, as deviations are looked for.
pub(super) fn offered(contract: &SalesContract) -> Result<Offer, Failure> {
    let SalesContractContent { customer, region, channel, lines, .. } = &contract.content;
    let amounts = contract.content.amounts().map_err(Failure::fault)?;
    let line = |(line, amounts): (&ContractLine, Amounts)| OfferedLine {
        product: line.product,
        quantity: line.quantity,
        gross: amounts.gross,
        agreed: None,
    };
    Ok(Offer {
        kind: HolderKind::SalesContract,
        document: contract.id.uuid(),
        number: contract.petition.number.clone(),
        customer: *customer,
        region: region.clone(),
        channel: channel.clone(),
        lines: lines.iter().zip(amounts).map(line).collect(),
        refusals: (PRICE_DEVIATES, NOT_SOLD),
    })
}

/// Signs a contract: its sale closes, is attributed, and whose the customer is learns of it, all at once.
///
/// # Errors
/// Where it is not approved, or not the actor's to sign.
pub fn sign(
    tx: &mut Tx<'_>,
    contract: SalesContract,
    (on, taken_by, original): (BusinessDate, Option<EmployeeId>, String),
) -> Result<SalesContract, Failure> {
    let taken_by = taken_by.unwrap_or(contract.petition.submitter);
    let today = tx.today();
    employee::refer_superior(tx, taken_by, today, "/taken_by_id")?;
    let signature = Signature { on, at: tx.now(), taken_by, original };
    let approved = contract.petition.standing.told().0.unwrap_or(tx.now()).date_in(tx.zone());
    let days = Days::new(sales_terms::today(tx)?.content.unsigned_days.into());
    let last = approved.checked_add_days(days).unwrap_or(BusinessDate::MAX);
    let change = contract.sign(signature, tx.actor(), today, (approved, last))?;
    let contract = apply(tx, change)?;
    if contract.is_own_sale() {
        sale::deed::close(tx, &contract)?;
    }
    holding::use_up(tx, contract.id.uuid())?;
    Ok(contract)
}

/// Says that a contract was performed, or that its time is over.
///
/// # Errors
/// As of [`SalesContract::conclude`].
pub fn conclude(
    tx: &mut Tx<'_>,
    contract: SalesContract,
    (how, reason): (Ending, &str),
) -> Result<SalesContract, Failure> {
    let known = contract_amendment::performed(tx, contract.id)?;
    let total =
        if contract.is_own_sale() { sale::deed::total_of(tx, Deal::Contract(contract.id))? } else { 0 };
    let open = Open { unpaid: (total - known.collected).max(0), order: known.open_order };
    let (by, today) = (tx.actor().clone(), tx.today());
    let change = contract.conclude((how, reason), &open, &by, today)?;
    apply(tx, change)
}

/// Gives an approved contract up before it is signed; its sale falls through.
///
/// # Errors
/// Where money is still allocated to it, it is not approved, or not the actor's to give up.
pub fn cancel(tx: &mut Tx<'_>, contract: SalesContract, reason: String) -> Result<SalesContract, Failure> {
    let id = contract.id.uuid();
    let figures = counted_figure::locked(tx, CountedKind::Collected, &[id])?;
    let collected = figures.get(&id).map_or(0, |figure| figure.counted);
    let change = contract.cancel(reason, collected, tx.actor(), tx.now())?;
    let contract = apply(tx, change)?;
    if contract.is_own_sale() {
        sale::deed::fall_through(tx, &contract)?;
    }
    holding::let_go(tx, contract.id.uuid())?;
    Ok(contract)
}
