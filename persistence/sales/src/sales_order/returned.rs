//! Goods of an order come back: its lines, its sale or that of its contract, what is owed. Lock order: credit, the figures of lines
//! by their ids, the order, then the sale. `[ORD-3]`

use super::{
    apply,
    deed::{amend, deal_of},
};
use crate::{
    contract_amendment,
    counted_figure::{self, LineMoved, move_lines},
    credit_grant::exposure,
    sale, sales_contract,
    schema::{sales_order_lines as lines, sales_orders},
    shipment::deed::check_quantities,
    spine::{Failure, Key, Reader, Tx, db},
};
use diesel::prelude::*;
use domain::{
    counted_figure::{CountedKind, Movement},
    document_line::{kept, taxed},
    product::ProductId,
    quantity::Quantity,
    sale::{Deal, SaleLine},
    sales_contract::{Ending, SalesContract, SalesContractId},
    sales_order::{OVER_RETURNED, SalesOrder},
};
use std::collections::BTreeMap;
use uuid::Uuid;

/// Goods of an order that were delivered came back: what is kept of each line is what the customer pays, half-up each time, so
/// that a full return gives the whole back however it is parted. Credit and commission go back in the same moment.
///
/// # Errors
/// `order.over_returned`; a line that is not there, or is named twice; a quantity its unit cannot be counted in.
pub fn take_return(
    tx: &mut Tx<'_>,
    order: SalesOrder,
    back: &[(usize, Quantity)],
) -> Result<SalesOrder, Failure> {
    order.check_lines(back)?;
    check_quantities(tx, &order, back)?;
    exposure::lock(tx, order.content.customer)?;
    count(tx, &order, back)?;
    let change = order.take_return(back)?;
    let order = apply(tx, change)?;
    if let Deal::Contract(id) = deal_of(tx, &order)? {
        shrink(tx, id)?;
    }
    amend(tx, &order)?;
    Ok(order)
}

fn count(tx: &mut Tx<'_>, order: &SalesOrder, back: &[(usize, Quantity)]) -> Result<(), Failure> {
    let mut lines = Vec::with_capacity(back.len());
    for (place, quantity) in back {
        let line = order.line(*place)?.1.id.uuid();
        let movement = Movement { source: tx.ids().fresh(), amount: quantity.scaled() };
        lines.push(LineMoved { line, place: *place, movement });
    }
    move_lines(tx, CountedKind::Returned, lines, OVER_RETURNED)
}

/// Lets the sale of a contract be of what is kept of it: what of its orders came back counts no more.
fn shrink(tx: &mut Tx<'_>, id: SalesContractId) -> Result<(), Failure> {
    let contract = sales_contract::find_unscoped(tx, id)?;
    let is_terminated = contract.ended.is_some_and(|ended| ended.how == Ending::Terminated);
    let lines = if is_terminated {
        contract_amendment::deed::lines_of_ended(tx, &contract)?
    } else {
        lines_kept(&contract, returned_under(tx, id)?)?
    };
    let total = lines.iter().map(|line| line.gross).sum::<i64>();
    let figures = counted_figure::locked(tx, CountedKind::Collected, &[id.uuid()])?;
    let collected = figures.get(&id.uuid()).map_or(0, |figure| figure.counted);
    counted_figure::limit(tx, CountedKind::Collected, id.uuid(), total.max(collected))?;
    sale::deed::become_of(tx, Deal::Contract(id), lines)
}

/// How many of each product came back of the orders under a contract since it says what it says, in ten-thousandths: an amendment
/// names quantities net of what came back before. `[CON-3]`
fn returned_under(
    reader: &mut Reader<'_>,
    contract: SalesContractId,
) -> Result<BTreeMap<ProductId, i64>, Failure> {
    let absorbed = contract_amendment::absorbed(reader, contract)?;
    let mut back = returned_in_all(reader, contract)?;
    for (product, before) in absorbed {
        let left = back.entry(product).or_default();
        *left = (*left - before).max(0);
    }
    Ok(back)
}

/// How many of each product came back of the orders under a contract, in ten-thousandths.
pub(crate) fn returned_in_all(
    reader: &mut Reader<'_>,
    contract: SalesContractId,
) -> Result<BTreeMap<ProductId, i64>, Failure> {
    let key = Some(Key::from(contract));
    let ordered: Vec<(Key, Key)> = db!(reader, |c| lines::table
        .inner_join(sales_orders::table.on(sales_orders::id.eq(lines::order_id)))
        .filter(sales_orders::contract_id.eq(key))
        .select((lines::id, lines::product_id))
        .load(c))?;
    let ids: Vec<Uuid> = ordered.iter().map(|(line, _)| line.0).collect();
    let returned = counted_figure::counted(reader, CountedKind::Returned, &ids)?;
    let mut of: BTreeMap<ProductId, i64> = BTreeMap::new();
    for (line, product) in ordered {
        *of.entry(product.into()).or_default() += returned.get(&line.0).copied().unwrap_or(0);
    }
    Ok(of)
}

/// The lines of a contract less what came back, taken off those of the same product in their order.
pub(crate) fn lines_kept(
    contract: &SalesContract,
    mut back: BTreeMap<ProductId, i64>,
) -> Result<Vec<SaleLine>, Failure> {
    let amounts = contract.content.amounts().map_err(Failure::fault)?;
    let mut shown = Vec::with_capacity(amounts.len());
    for (line, amounts) in contract.content.lines.iter().zip(amounts) {
        let left = back.entry(line.product).or_default();
        let taken = (*left).min(line.quantity.scaled());
        *left -= taken;
        let quantity = Quantity::from_scaled(line.quantity.scaled() - taken);
        let gross = kept(amounts.gross, line.quantity, quantity).map_err(Failure::fault)?;
        let (net, _) = taxed(gross, line.tax_rate_bp).map_err(Failure::fault)?;
        let (product, gross, net) = (line.product, gross.minor(), net.minor());
        shown.push(SaleLine { product, quantity, gross, net, cost: None });
    }
    Ok(shown)
}
