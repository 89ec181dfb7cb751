//! What is done with an order and moves more than it. Lock order: credit, contract, order, its lines, deviations. `[ORD-1, ORD-1c]`

use super::{apply, settle::routed};
use crate::{
    approval::document,
    counted_figure,
    credit_grant::exposure,
    customer_file, filing, instalment, order_terms,
    organisation::referred,
    policy,
    price_deviation::{
        deed::own_department,
        holding::{self, Offer, OfferedLine},
    },
    product, sale, sales_contract,
    spine::{Failure, Reader, Tx},
};
use domain::{
    approval::{Document, NewDocument},
    counted_figure::CountedKind,
    document_line::{Amounts, kept, taxed},
    instalment::Milestone,
    organisation::working_calendar::WorkingCalendar,
    price_deviation::HolderKind,
    product::ProductId,
    quantity::Quantity,
    sale::{Deal, SaleLine},
    sales_contract::{SalesContract, SalesContractState},
    sales_order::{
        CONTRACT_NOT_SIGNED, CONTRACT_OF_ANOTHER, HoldKind, NOT_IN_CONTRACT, ORDER_NOT_SOLD,
        ORDER_PRICE_DEVIATES, OrderLine, PAID_BY_CONTRACT, Promise, SalesOrder, SalesOrderContent,
        SalesOrderState,
    },
    spine::{BusinessDate, Change, Findings, Money, PolicyVersion, Refusal},
    working_time::WorkingTime,
};
use serde_json::json;
use std::sync::Arc;

/// Enters an order: of a customer whom somebody sells to.
///
/// # Errors
/// A customer, product or contract that is not there; what is not well formed.
pub fn create(tx: &mut Tx<'_>, content: SalesOrderContent) -> Result<SalesOrder, Failure> {
    let content = complete(tx, content)?;
    let terms = order_terms::today(tx)?;
    let number = crate::spine::next_number(tx, &terms.content.order_prefix)?;
    let new = NewDocument { id: tx.id(), number, submitter: None };
    let department = own_department(tx)?;
    let change = SalesOrder::create(new, department, content, tx.actor(), tx.now())?;
    apply(tx, change)
}

/// Completes what an order says by what its products are; its lines get identities of their own.
///
/// # Errors
/// A refusal that names the field.
pub fn complete(tx: &mut Tx<'_>, mut content: SalesOrderContent) -> Result<SalesOrderContent, Failure> {
    referred(customer_file::view::refer_to(tx, content.customer), "/customer_id")?;
    instalment::deed::check(tx, &content.instalments)?;
    let mut findings = Findings::new();
    for (index, line) in content.lines.iter_mut().enumerate() {
        let product = product::refer(tx, line.product, &format!("/lines/{index}/product_id"))?;
        line.tax_rate_bp = product.details.tax_rate_bp;
        line.id = tx.id();
        if let Err(refusal) = line.quantity.check(product.details.decimals) {
            findings.absorb(refusal.at(format!("/lines/{index}/quantity")));
        }
    }
    findings.into_result()?;
    let contract = contract_of(tx, &content)?;
    if let Some(contract) =
        contract.filter(|contract| contract.is_own_sale() && !content.instalments.is_empty())
    {
        let refusal = Refusal::new(PAID_BY_CONTRACT).with("number", contract.petition.number);
        return Err(refusal.at("/instalments").into());
    }
    Ok(content)
}

/// The contract that an order is under: signed, and the same customer's.
fn contract_of(
    reader: &mut Reader<'_>,
    content: &SalesOrderContent,
) -> Result<Option<SalesContract>, Failure> {
    let Some(id) = content.contract else { return Ok(None) };
    let contract = referred(sales_contract::find_unscoped(reader, id), "/contract_id")?;
    let number = contract.petition.number.clone();
    if contract.content.customer != content.customer {
        return Err(Refusal::new(CONTRACT_OF_ANOTHER).with("number", number).at("/contract_id").into());
    }
    if contract.state() != SalesContractState::Signed {
        let refusal = Refusal::new(CONTRACT_NOT_SIGNED).with("number", number);
        return Err(refusal.with_label("state", contract.state()).at("/contract_id").into());
    }
    Ok(Some(contract))
}

/// What an order is part of: the sale of its contract, or a sale of its own.
pub(crate) fn deal_of(reader: &mut Reader<'_>, order: &SalesOrder) -> Result<Deal, Failure> {
    let Some(contract) = order.content.contract else { return Ok(Deal::Order(order.id)) };
    let contract = sales_contract::find_unscoped(reader, contract)?;
    Ok(if contract.is_own_sale() { Deal::Contract(contract.id) } else { Deal::Order(order.id) })
}

/// What an order sells, as deviations are looked for: a contract's prices hold for its orders.
pub(super) fn offered(reader: &mut Reader<'_>, order: &SalesOrder) -> Result<Offer, Failure> {
    let contract = contract_of(reader, &order.content)?;
    let agreed = contract.as_ref().map(prices).transpose()?.unwrap_or_default();
    let amounts = order.content.amounts().map_err(Failure::fault)?;
    let (mut findings, mut lines) = (Findings::new(), Vec::new());
    for (index, (line, amounts)) in order.content.lines.iter().zip(amounts).enumerate() {
        let agreed = agreed_price(&agreed, line.product, line.quantity, amounts.gross)?;
        if let Some(contract) =
            contract.as_ref().filter(|contract| contract.is_own_sale() && agreed.is_none())
        {
            let number = json!(contract.petition.number);
            let named = [("line", json!(index + 1)), ("number", number)];
            findings.add_with(format!("/lines/{index}/product_id"), NOT_IN_CONTRACT, named);
        }
        let (product, quantity, gross) = (line.product, line.quantity, amounts.gross);
        lines.push(OfferedLine { product, quantity, gross, agreed });
    }
    findings.into_result()?;
    Ok(Offer {
        kind: HolderKind::SalesOrder,
        document: order.id.uuid(),
        number: order.petition.number.clone(),
        customer: order.content.customer,
        region: order.content.region.clone(),
        channel: order.content.channel.clone(),
        lines,
        refusals: (ORDER_PRICE_DEVIATES, ORDER_NOT_SOLD),
    })
}

/// The lines of a contract, each with what it comes to, discounts counted in.
pub(crate) type Agreed = Vec<(domain::sales_contract::ContractLine, Money)>;

/// What so many of a product come to by a contract: as a line of it says that says so, else as the first of the product does; none
/// where it sells nothing of it.
pub(crate) fn agreed_price(
    agreed: &Agreed,
    product: ProductId,
    quantity: Quantity,
    gross: Money,
) -> Result<Option<Money>, Failure> {
    let known = agreed.iter().filter(|(of, ..)| of.product == product);
    let known = known.map(|(of, whole)| kept(*whole, of.quantity, quantity));
    let known = known.collect::<Result<Vec<Money>, _>>().map_err(Failure::fault)?;
    Ok(known.iter().copied().find(|agreed| *agreed == gross).or(known.first().copied()))
}

/// What the lines of a contract come to.
pub(crate) fn prices(contract: &SalesContract) -> Result<Agreed, Failure> {
    let amounts = contract.content.amounts().map_err(Failure::fault)?;
    let lines = contract.content.lines.iter().copied();
    Ok(lines.zip(amounts.into_iter().map(|amounts: Amounts| amounts.gross)).collect())
}

/// Hands an order to its reviewer: price, deviations and credit are looked at with what it says now.
///
/// # Errors
/// Where it is not the actor's to submit, or not now; a price that deviates; `price_deviation.held`, `credit.exceeded`.
pub fn submit(tx: &mut Tx<'_>, order: SalesOrder) -> Result<SalesOrder, Failure> {
    order.may_submit(tx.actor())?;
    let products: Vec<_> = order.content.lines.iter().map(|line| line.product).collect();
    filing::protection::check(tx, (order.content.customer, order.petition.submitter), products)?;
    exposure::lock(tx, order.content.customer)?;
    let (offer, deal) = (offered(tx, &order)?, deal_of(tx, &order)?);
    let routed = routed(tx, &order)?;
    let order = document::submit(tx, order, routed)?;
    exposure::take(tx, &order, deal)?;
    holding::take(tx, &offer)?;
    Ok(order)
}

/// By what promised times are reckoned now.
///
/// # Errors
/// Where a policy is missing.
pub(crate) fn with_promise<T>(
    tx: &mut Tx<'_>,
    deed: impl FnOnce(&mut Tx<'_>, &Promise<'_>) -> Result<T, Failure>,
) -> Result<T, Failure> {
    let today = tx.today();
    let calendar: Arc<PolicyVersion<WorkingCalendar>> = policy::in_force(tx, "company", today)?;
    let terms = order_terms::today(tx)?;
    let time = WorkingTime::new(&calendar.content, tx.zone());
    let promise = Promise { now: tx.now(), time, terms: &terms.content };
    deed(tx, &promise)
}

/// Says how many of some lines are produced by now, in all. None moved where it is late news.
///
/// # Errors
/// As of [`SalesOrder::produce`].
pub fn produce(
    tx: &mut Tx<'_>,
    order: SalesOrder,
    made: &[(usize, Quantity)],
) -> Result<(SalesOrder, bool), Failure> {
    with_promise(tx, |tx, promise| match order.clone().produce(made, promise)? {
        Some(change) => Ok((apply(tx, change)?, true)),
        None => Ok((order, false)),
    })
}

/// Cancels an order before anything was shipped: its sale, its credit and its deviations with it.
///
/// # Errors
/// As of [`SalesOrder::cancel`].
pub fn cancel(tx: &mut Tx<'_>, order: SalesOrder, reason: String) -> Result<SalesOrder, Failure> {
    exposure::lock(tx, order.content.customer)?;
    let order = with_promise(tx, |tx, promise| {
        let change = order.cancel(reason, tx.actor(), promise)?;
        apply(tx, change)
    })?;
    cut(tx, &order)?;
    holding::let_go(tx, order.id.uuid())?;
    Ok(order)
}

/// Lets what is not shipped of a line go.
///
/// # Errors
/// As of [`SalesOrder::cut_short`].
pub fn cut_short(
    tx: &mut Tx<'_>,
    order: SalesOrder,
    (place, reason): (usize, &str),
) -> Result<SalesOrder, Failure> {
    exposure::lock(tx, order.content.customer)?;
    let order = with_promise(tx, |tx, promise| {
        let change = order.cut_short(place, reason, tx.actor(), promise)?;
        apply(tx, change)
    })?;
    cut(tx, &order)?;
    let today = tx.today();
    delivered(tx, &order, today)?;
    Ok(order)
}

/// What is not wanted any more counts no more: under the ceilings of lines, in its sale, in what its customer owes.
fn cut(tx: &mut Tx<'_>, order: &SalesOrder) -> Result<(), Failure> {
    let terms = order_terms::today(tx)?;
    for (line, progress) in order.content.lines.iter().zip(&order.progress) {
        let most = progress.most(line, terms.content.over_delivery_bp).max(progress.shipped).scaled();
        counted_figure::limit(tx, CountedKind::Shipped, line.id.uuid(), most)?;
    }
    amend(tx, order)
}

/// Lets its sale be of what is kept of the order by now, and its customer owe no more than that.
pub(crate) fn amend(tx: &mut Tx<'_>, order: &SalesOrder) -> Result<(), Failure> {
    let deal = deal_of(tx, order)?;
    if matches!(deal, Deal::Order(_)) {
        let kept = order.total_kept().map_err(Failure::fault)?.minor();
        let figures = counted_figure::locked(tx, CountedKind::Collected, &[order.id.uuid()])?;
        let collected = figures.get(&order.id.uuid()).map_or(0, |figure| figure.counted);
        counted_figure::limit(tx, CountedKind::Collected, order.id.uuid(), kept.max(collected))?;
        sale::deed::become_of(tx, deal, sale_lines(order)?)?;
    }
    exposure::settle(tx, order.content.customer, deal)
}

/// Where all of it is delivered by now, what is to be paid after that is due from this day on. `[REC-1a]`
pub(crate) fn delivered(tx: &mut Tx<'_>, order: &SalesOrder, on: BusinessDate) -> Result<(), Failure> {
    if !matches!(order.state(), SalesOrderState::Delivered | SalesOrderState::Closed) {
        return Ok(());
    }
    let deal = deal_of(tx, order)?;
    instalment::deed::reached(tx, deal, Milestone::Delivery, on)
}

/// The lines of its sale: what is kept of the order.
pub(super) fn sale_lines(order: &SalesOrder) -> Result<Vec<SaleLine>, Failure> {
    let kept = order.amounts_kept().map_err(Failure::fault)?;
    let line = |(line, (quantity, gross)): (&OrderLine, (Quantity, Money))| {
        let (net, _) = taxed(gross, line.tax_rate_bp).map_err(Failure::fault)?;
        let (product, gross, net) = (line.product, gross.minor(), net.minor());
        Ok(SaleLine { product, quantity, gross, net, cost: None })
    };
    order.content.lines.iter().zip(kept).map(line).collect()
}

/// Puts an order on hold.
///
/// # Errors
/// As of [`SalesOrder::put_on_hold`].
pub fn hold(
    tx: &mut Tx<'_>,
    order: SalesOrder,
    hold: (HoldKind, String),
) -> Result<Change<SalesOrder>, Failure> {
    with_promise(tx, |tx, promise| Ok(order.put_on_hold(hold, tx.actor(), promise)?))
}

/// Releases an order: price and credit are looked at again.
///
/// # Errors
/// As of [`SalesOrder::release`]; `credit.exceeded`.
pub fn release(tx: &mut Tx<'_>, order: SalesOrder) -> Result<SalesOrder, Failure> {
    exposure::lock(tx, order.content.customer)?;
    let order = with_promise(tx, |tx, promise| {
        let change = order.release(tx.actor(), promise)?;
        apply(tx, change)
    })?;
    let deal = deal_of(tx, &order)?;
    exposure::take(tx, &order, deal)?;
    Ok(order)
}
