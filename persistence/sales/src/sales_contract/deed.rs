//! Deeds about contracts that move more than the contract: its approval, its sale, whose the customer is. `[CON-1, PRI-2]`

use super::{apply, settle::routed};
use crate::{
    approval::document,
    counted_figure, customer_tier, filing,
    organisation::employee,
    policy, price_list, product, sale, sales_terms,
    spine::{Failure, Reader, Tx},
};
use chrono::Days;
use domain::{
    counted_figure::CountedKind,
    document_line::extended,
    price_deviation::{Deviation, DiscountAuthority},
    price_list::Asked,
    sales_contract::{NOT_SOLD, PRICE_DEVIATES, SalesContract, SalesContractContent, Signature},
    spine::{BusinessDate, EmployeeId, Findings, PolicyVersion, Refusal},
};
use serde_json::json;
use std::sync::Arc;

/// Hands a contract to its reviewers: prices are compared with the list of today.
///
/// # Errors
/// Where it is not the actor's to submit, or not now; a price that deviates from the list, or has none.
pub fn submit(tx: &mut Tx<'_>, contract: SalesContract) -> Result<SalesContract, Failure> {
    contract.check_submission(tx.actor())?;
    unprotected(tx, &contract)?;
    priced(tx, &contract)?;
    let routed = routed(tx, &contract)?;
    document::submit(tx, contract, routed)
}

/// Whether nobody else's filing protects what it sells to its customer. `[SAL-2c]`
pub(super) fn unprotected(reader: &mut Reader<'_>, contract: &SalesContract) -> Result<(), Failure> {
    let products = contract.content.lines.iter().map(|line| line.product);
    filing::protection::check(reader, (contract.content.customer, contract.petition.submitter), products)
}

/// Whether every line is sold at its list price, discounts counted in. Nobody sells above or below it without having asked.
pub(super) fn priced(reader: &mut Reader<'_>, contract: &SalesContract) -> Result<(), Failure> {
    let today = reader.today();
    let authority: Arc<PolicyVersion<DiscountAuthority>> = policy::in_force(reader, "company", today)?;
    let amounts = contract.content.amounts().map_err(Failure::fault)?;
    let mut findings = Findings::new();
    let tier = customer_tier::held_on(reader, contract.content.customer, today)?;
    for (index, (line, amounts)) in contract.content.lines.iter().zip(amounts).enumerate() {
        let product = product::find(reader, line.product)?;
        if product.expect_sold(today).is_err() {
            let named = [("product", json!(product.details.code))];
            findings.add_with(format!("/lines/{index}/product_id"), NOT_SOLD, named);
            continue;
        }
        let asked = asked(&contract.content, tier.clone(), line.quantity, today);
        let chosen = price_list::chosen(reader, &product, line.price.currency(), &asked)?;
        let listed = extended(line.quantity, chosen.price).map_err(Failure::fault)?;
        let below_floor = chosen.floor.is_some_and(|floor| {
            extended(line.quantity, floor).is_ok_and(|floor| amounts.gross.minor() < floor.minor())
        });
        let deviation = Deviation::of(amounts.gross, listed);
        if deviation.is_none_or(|deviation| authority.content.asked(deviation, below_floor).is_some()) {
            let named = [("line", json!(index + 1)), ("list", json!(chosen.price.to_string()))];
            findings.add_with(format!("/lines/{index}/price"), PRICE_DEVIATES, named);
        }
    }
    let cited = |refusal: Refusal| refusal.citing(authority.cite("PRI-2", Some("004 §5.3")));
    Ok(findings.into_result().map_err(cited)?)
}

fn asked(
    content: &SalesContractContent,
    tier: Option<String>,
    quantity: domain::quantity::Quantity,
    on: BusinessDate,
) -> Asked {
    let customer = Some(content.customer);
    Asked { customer, channel: content.channel.clone(), tier, region: content.region.clone(), quantity, on }
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
    let change = contract.sign(signature, tx.actor(), (today, last))?;
    let contract = apply(tx, change)?;
    sale::deed::close(tx, &contract)?;
    Ok(contract)
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
    sale::deed::fall_through(tx, &contract)?;
    Ok(contract)
}
