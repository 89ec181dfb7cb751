//! What is done with a shipment and moves its order. Lock order: the figures of lines by their ids, then the order. `[ORD-1a, CNT]`

use super::{apply, row::known_as};
use crate::{
    counted_figure::{LineMoved, move_lines},
    order_terms,
    organisation::referred,
    product,
    sales_order::{
        self,
        deed::{delivered, with_promise},
    },
    spine::{Failure, Tx},
};
use domain::{
    counted_figure::{CountedKind, Movement},
    quantity::Quantity,
    sales_order::{OVER_SHIPPED, SalesOrder, SalesOrderId},
    shipment::{Shipment, ShipmentDetails, ShippedLine},
    spine::Findings,
};

/// Records that goods of an order in sight left: of two at once that ship what is left for one, one is refused.
///
/// # Errors
/// An order out of sight, on hold or not under way; `order.over_shipped`; what is not well formed.
pub fn dispatch(
    tx: &mut Tx<'_>,
    order: SalesOrderId,
    moved: &[(usize, Quantity)],
    details: ShipmentDetails,
) -> Result<Shipment, Failure> {
    let order = referred(sales_order::find(tx, order), "/order_id")?;
    order.check_lines(moved)?;
    check_quantities(tx, &order, moved)?;
    let terms = order_terms::today(tx)?;
    let number = crate::spine::next_number(tx, &terms.content.shipment_prefix)?;
    let lines = lines(&order, moved)?;
    let (department, customer) = (order.department, order.content.customer);
    let shipment = Shipment {
        id: tx.id(),
        number,
        order: order.id,
        department,
        customer,
        details,
        lines,
        recorded_by: tx.actor().user,
        recorded_at: tx.now(),
        delivered: None,
        taken_back: None,
        version: 0,
    };
    let approved = order.petition.standing.told().0.unwrap_or(tx.now()).date_in(tx.zone());
    let change = Shipment::dispatch(shipment, (approved, tx.today()))?;
    count(tx, change.after(), 1)?;
    let shipment = apply(tx, change)?;
    with_promise(tx, |tx, promise| {
        let change = order.ship(moved, promise)?;
        sales_order::apply(tx, change)
    })?;
    Ok(shipment)
}

/// Another system tells of a shipment: recorded once under its identity there; whether it was known.
///
/// # Errors
/// As of [`dispatch`]; `shipment.said_otherwise`.
pub fn told(
    tx: &mut Tx<'_>,
    order: SalesOrderId,
    moved: &[(usize, Quantity)],
    details: ShipmentDetails,
) -> Result<(Shipment, bool), Failure> {
    if let Some(external) = &details.external
        && let Some(known) = known_as(tx, external)?
    {
        known.expect_same(order, moved, &details)?;
        return Ok((known, true));
    }
    Ok((dispatch(tx, order, moved, details)?, false))
}

/// Whether quantities of lines can be counted in the units of their products.
pub(crate) fn check_quantities(
    tx: &mut Tx<'_>,
    order: &SalesOrder,
    moved: &[(usize, Quantity)],
) -> Result<(), Failure> {
    let mut findings = Findings::new();
    for (index, (place, quantity)) in moved.iter().enumerate() {
        let (_, line, _) = order.line(*place)?;
        let product = product::find(tx, line.product)?;
        if let Err(refusal) = quantity.check(product.details.decimals) {
            findings.absorb(refusal.at(format!("/lines/{index}/quantity")));
        }
    }
    Ok(findings.into_result()?)
}

fn lines(order: &SalesOrder, moved: &[(usize, Quantity)]) -> Result<Vec<ShippedLine>, Failure> {
    let line = |(place, quantity): &(usize, Quantity)| {
        let (_, line, _) = order.line(*place)?;
        Ok(ShippedLine { line: line.id, place: *place, quantity: *quantity })
    };
    moved.iter().map(line).collect()
}

/// Counts its lines as shipped, or as not shipped after all.
fn count(tx: &mut Tx<'_>, shipment: &Shipment, direction: i64) -> Result<(), Failure> {
    let lines = shipment.lines.iter().map(|line| {
        // What is taken back is a movement of its own.
        let source = if direction > 0 { shipment.id.uuid() } else { tx.ids().fresh() };
        let movement = Movement { source, amount: direction * line.quantity.scaled() };
        LineMoved { line: line.line.uuid(), place: line.place, movement }
    });
    let lines = lines.collect();
    move_lines(tx, CountedKind::Shipped, lines, OVER_SHIPPED)
}

/// A shipment reached the customer, and its order with it.
///
/// # Errors
/// `shipment.not_on_its_way`, `shipment.delivered_before`.
pub fn deliver(
    tx: &mut Tx<'_>,
    shipment: Shipment,
    (on, proof): (domain::spine::BusinessDate, String),
) -> Result<Shipment, Failure> {
    let change = shipment.deliver(on, proof, tx.today())?;
    let shipment = apply(tx, change)?;
    let order = sales_order::find_unscoped(tx, shipment.order)?;
    let order = with_promise(tx, |tx, promise| {
        let change = order.deliver(&shipment.moved(), promise)?;
        sales_order::apply(tx, change)
    })?;
    delivered(tx, &order, on)?;
    Ok(shipment)
}

/// A shipment is taken back before its delivery, by counter-entries.
///
/// # Errors
/// `shipment.not_on_its_way`.
pub fn take_back(tx: &mut Tx<'_>, shipment: Shipment, reason: String) -> Result<Shipment, Failure> {
    let change = shipment.take_back(reason, tx.now())?;
    count(tx, change.after(), -1)?;
    let shipment = apply(tx, change)?;
    let order = sales_order::find_unscoped(tx, shipment.order)?;
    with_promise(tx, |tx, promise| {
        let change = order.unship(&shipment.moved(), promise)?;
        sales_order::apply(tx, change)
    })?;
    Ok(shipment)
}
