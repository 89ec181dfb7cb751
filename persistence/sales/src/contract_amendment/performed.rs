//! What was shipped, kept and collected of a contract by now. `[CON-3]`

use crate::{
    counted_figure, product,
    sales_order::returned::returned_in_all,
    schema::{sales_order_lines as lines, sales_orders},
    spine::{Failure, Key, Reader, db},
};
use diesel::prelude::*;
use domain::{
    contract_amendment::Performed, counted_figure::CountedKind, product::ProductId,
    sales_contract::SalesContractId, sales_order::SalesOrderState,
};
use std::collections::BTreeMap;
use uuid::Uuid;

/// A line of an order under the contract: order, its number and state, line, product, quantity, cancelled.
type Row = (String, String, Key, Key, i64, i64);

/// What was performed of a contract by now.
pub(crate) fn performed(reader: &mut Reader<'_>, id: SalesContractId) -> Result<Performed, Failure> {
    let key = Some(Key::from(id));
    let rows: Vec<Row> = db!(reader, |c| lines::table
        .inner_join(sales_orders::table.on(sales_orders::id.eq(lines::order_id)))
        .filter(sales_orders::contract_id.eq(key))
        .order((sales_orders::id, lines::place))
        .select((
            sales_orders::number,
            sales_orders::status,
            lines::id,
            lines::product_id,
            lines::quantity,
            lines::cancelled,
        ))
        .load(c))?;
    let ids: Vec<Uuid> = rows.iter().map(|row| row.2.0).collect();
    let shipped = counted_figure::counted(reader, CountedKind::Shipped, &ids)?;
    let mut kept: BTreeMap<ProductId, i64> = BTreeMap::new();
    let mut open_order = None;
    for (number, status, line, product, quantity, cancelled) in rows {
        let of_line = shipped.get(&line.0).copied().unwrap_or(0);
        *kept.entry(product.into()).or_default() += of_line;
        let is_waiting = status == SalesOrderState::InApproval.code();
        let is_moving = SalesOrderState::MOVING.iter().any(|state| status == state.code());
        if is_waiting || (is_moving && of_line < quantity - cancelled) {
            open_order = open_order.or(Some(number));
        }
    }
    for (product, back) in returned_in_all(reader, id)? {
        *kept.entry(product).or_default() -= back;
    }
    let collected = counted_figure::of(reader, CountedKind::Collected, id.uuid())?;
    kept.retain(|_, shipped| *shipped > 0);
    let names = product::names(reader, kept.keys().copied())?;
    let code =
        |product: &ProductId| names.get(product).map(|name| name.code.clone()).ok_or(Failure::NotFound);
    let named = kept.into_iter().map(|(product, shipped)| Ok((product, (shipped, code(&product)?))));
    let named = named.collect::<Result<BTreeMap<_, _>, Failure>>()?;
    Ok(Performed { shipped: named, open_order, collected: collected.map_or(0, |figure| figure.counted) })
}
