//! What is done with an amendment and moves more than it. Lock order: credit, the counted figure of the contract, the contract, its
//! sale. `[CON-3]`

use super::{
    apply,
    performed::performed,
    revision,
    row::{another_pending, returned_by_now},
    settle::routed,
};
use crate::{
    approval::document,
    counted_figure,
    credit_grant::exposure,
    organisation::referred,
    price_deviation::holding::{self, Offer, OfferedLine},
    product, refund, sale, sales_contract,
    sales_order::{
        deed::{agreed_price, prices},
        returned::lines_kept,
    },
    sales_terms,
    spine::{Failure, Reader, Tx},
    unit,
};
use domain::{
    approval::{Document, NewDocument},
    contract_amendment::{
        AmendmentContent, AmendmentEffect, AmendmentKind, ContractAmendment, Performed, shipped_of,
    },
    counted_figure::CountedKind,
    document_line::taxed,
    price_deviation::HolderKind,
    refund::{Refund, RefundContent, RefundId},
    sale::{Deal, SaleLine},
    sales_contract::{NOT_SOLD, PRICE_DEVIATES, SalesContract},
    spine::{Currency, Findings, Money},
};
use std::collections::BTreeMap;

/// Drafts an amendment of a contract in sight.
///
/// # Errors
/// A contract out of sight; what is not well formed.
pub fn create(tx: &mut Tx<'_>, content: AmendmentContent) -> Result<ContractAmendment, Failure> {
    let contract = referred(sales_contract::find(tx, content.contract), "/contract_id")?;
    let content = complete(tx, content)?;
    let terms = sales_terms::today(tx)?;
    let number = crate::spine::next_number(tx, &terms.content.amendment_prefix)?;
    let new = NewDocument { id: tx.id(), number, submitter: None };
    let change = ContractAmendment::create(new, contract.department, content, tx.actor(), tx.now())?;
    apply(tx, change)
}

/// Completes what an amendment says by what its products are.
///
/// # Errors
/// A refusal that names the field.
pub fn complete(reader: &mut Reader<'_>, mut content: AmendmentContent) -> Result<AmendmentContent, Failure> {
    let mut findings = Findings::new();
    for (index, line) in content.lines.iter_mut().enumerate() {
        let product = product::refer(reader, line.product, &format!("/lines/{index}/product_id"))?;
        line.tax_rate_bp = product.details.tax_rate_bp;
        if let Err(refusal) = line.quantity.check(product.details.decimals) {
            findings.absorb(refusal.at(format!("/lines/{index}/quantity")));
        }
    }
    findings.into_result()?;
    Ok(content)
}

/// The contract of an amendment, with what was performed of it.
pub(super) fn known(
    reader: &mut Reader<'_>,
    amendment: &ContractAmendment,
) -> Result<(SalesContract, Performed), Failure> {
    let contract = sales_contract::find_unscoped(reader, amendment.content.contract)?;
    let known = performed(reader, contract.id)?;
    Ok((contract, known))
}

/// Whether an amendment may be submitted, of the contract as it stands: also that no other one waits.
pub(super) fn check(
    reader: &mut Reader<'_>,
    amendment: &ContractAmendment,
) -> Result<SalesContract, Failure> {
    let (contract, known) = known(reader, amendment)?;
    amendment.check_against(&contract, &known)?;
    if let Some(other) = another_pending(reader, amendment)? {
        return Err(amendment.refuse_beside(&contract, other).into());
    }
    Ok(contract)
}

/// What it sells off the list, as deviations are looked for: the prices of the contract hold for what it sold before.
pub(super) fn offered(amendment: &ContractAmendment, contract: &SalesContract) -> Result<Offer, Failure> {
    let after = amendment.becomes(&contract.content);
    let (known, amounts) = (prices(contract)?, after.amounts().map_err(Failure::fault)?);
    let mut lines = Vec::new();
    if amendment.content.kind == AmendmentKind::Amend {
        for (line, amounts) in after.lines.iter().zip(amounts) {
            let (product, quantity, gross) = (line.product, line.quantity, amounts.gross);
            // At another price than the contract's the list is asked, as for anything new.
            let agreed = agreed_price(&known, product, quantity, gross)?.filter(|agreed| *agreed == gross);
            lines.push(OfferedLine { product, quantity, gross, agreed });
        }
    }
    Ok(Offer {
        kind: HolderKind::ContractAmendment,
        document: amendment.id.uuid(),
        number: amendment.petition.number.clone(),
        customer: after.customer,
        region: after.region,
        channel: after.channel,
        lines,
        refusals: (PRICE_DEVIATES, NOT_SOLD),
    })
}

/// Hands an amendment to its reviewers: by the higher value of the contract before and after.
///
/// # Errors
/// What the contract, as it stands, does not allow; a price that deviates; where it is not the actor's to submit, or not now.
pub fn submit(tx: &mut Tx<'_>, amendment: ContractAmendment) -> Result<ContractAmendment, Failure> {
    amendment.may_submit(tx.actor())?;
    tx.connection().hold_rows("sales_contracts", &[amendment.content.contract.into()])?;
    let contract = check(tx, &amendment)?;
    let offer = offered(&amendment, &contract)?;
    let routed = routed(tx, &amendment)?;
    let amendment = document::submit(tx, amendment, routed)?;
    holding::take(tx, &offer)?;
    Ok(amendment)
}

/// An approved amendment comes into force: the contract, what may be collected of it, credit, commission and instalments, all at once
/// and on this day.
pub(super) fn take_effect(tx: &mut Tx<'_>, amendment: ContractAmendment) -> Result<(), Failure> {
    let id = amendment.content.contract;
    let customer = sales_contract::find_unscoped(tx, id)?.content.customer;
    exposure::lock(tx, customer)?;
    counted_figure::locked(tx, CountedKind::Collected, &[id.uuid()])?;
    let (contract, known) = known(tx, &amendment)?;
    amendment.check_against(&contract, &known)?;
    let (on, before) = (tx.today(), contract.content.total().map_err(Failure::fault)?.minor());
    let total = amendment.total_of(&contract, &known).map_err(Failure::fault)?;
    let refund = match (known.collected - total, contract.is_own_sale()) {
        (beyond, true) if beyond > 0 => Some(give_back(tx, &amendment, beyond)?),
        _ => None,
    };
    let returned = returned_by_now(tx, id)?;
    let contract = match amendment.content.kind {
        AmendmentKind::Amend => {
            revision::keep(tx, &contract, on)?;
            let content = amendment.becomes(&contract.content);
            sales_contract::apply(tx, contract.amend(content))?
        }
        AmendmentKind::Terminate => sales_contract::apply(tx, contract.terminate(on))?,
    };
    if contract.is_own_sale() {
        let lines = match amendment.content.kind {
            // What came back before is taken off what the contract says since.
            AmendmentKind::Amend => lines_kept(&contract, BTreeMap::new())?,
            AmendmentKind::Terminate => shipped_lines(&contract, &known)?,
        };
        let ceiling = total.max(known.collected);
        counted_figure::limit(tx, CountedKind::Collected, id.uuid(), ceiling)?;
        sale::deed::become_of(tx, Deal::Contract(id), lines)?;
        exposure::settle(tx, customer, Deal::Contract(id))?;
        if amendment.content.kind == AmendmentKind::Terminate && known.collected == 0 {
            unit::deed::without_money(tx, id)?;
        }
    }
    holding::use_up(tx, amendment.id.uuid())?;
    let (at, revision, collected) = (tx.now(), contract.revision, known.collected);
    let effect =
        AmendmentEffect { at, on, revision, total_before: before, total, collected, refund, returned };
    apply(tx, amendment.take_effect(effect)).map(drop)
}

/// What a contract that was terminated is of by now: what was shipped and kept.
pub(crate) fn lines_of_ended(
    reader: &mut Reader<'_>,
    contract: &SalesContract,
) -> Result<Vec<SaleLine>, Failure> {
    let known = performed(reader, contract.id)?;
    shipped_lines(contract, &known)
}

/// What was shipped and kept, as its sale is of it by now.
fn shipped_lines(contract: &SalesContract, known: &Performed) -> Result<Vec<SaleLine>, Failure> {
    let shipped = shipped_of(&contract.content, known).map_err(Failure::fault)?;
    let line = |(line, (quantity, gross)): (&domain::sales_contract::ContractLine, _)| {
        let gross: Money = gross;
        let (net, _) = taxed(gross, line.tax_rate_bp).map_err(Failure::fault)?;
        let (product, gross, net) = (line.product, gross.minor(), net.minor());
        Ok(SaleLine { product, quantity, gross, net, cost: None })
    };
    contract.content.lines.iter().zip(shipped).map(line).collect()
}

/// What was collected beyond what the contract comes to goes back: approved with the amendment, to be paid by finance.
fn give_back(tx: &mut Tx<'_>, amendment: &ContractAmendment, beyond: i64) -> Result<RefundId, Failure> {
    let terms = sales_terms::today(tx)?;
    let number = crate::spine::next_number(tx, &terms.content.refund_prefix)?;
    let content = RefundContent {
        deal: Deal::Contract(amendment.content.contract),
        amount: Money::from_minor(beyond, Currency::Cny),
        grounds: amendment.content.grounds.clone(),
    };
    let (new, of) = ((tx.id(), number), (&amendment.petition, amendment.department));
    let change = Refund::agreed(new, of, content, tx.now());
    Ok(refund::apply(tx, change)?.id)
}
