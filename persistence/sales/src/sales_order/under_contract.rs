//! What a contract still has to be ordered: what it sells less what its orders take of it. Its prices hold for no more than that.
//! `[CON-1, PRI-2a]`

use crate::{
    contract_amendment,
    schema::{sales_order_lines as lines, sales_orders},
    spine::{Failure, Key, Reader, db},
};
use diesel::prelude::*;
use domain::{
    product::ProductId,
    quantity::Quantity,
    sales_contract::SalesContract,
    sales_order::{SalesOrderId, SalesOrderState},
};
use std::collections::BTreeMap;

/// What of each product is left to be ordered.
pub(super) struct Left(BTreeMap<ProductId, Quantity>);

impl Left {
    /// Of a contract, beside one of its orders. What came back is not ordered anew: who wants it buys it again.
    ///
    /// # Errors
    /// Where the database fails.
    pub fn of(
        reader: &mut Reader<'_>,
        contract: &SalesContract,
        beside: SalesOrderId,
    ) -> Result<Self, Failure> {
        let mut left: BTreeMap<ProductId, Quantity> = BTreeMap::new();
        let mut add = |product: ProductId, scaled: i64| {
            let known = left.entry(product).or_insert(Quantity::ZERO);
            *known = known.plus(Quantity::from_scaled(scaled));
        };
        for line in &contract.content.lines {
            add(line.product, line.quantity.scaled());
        }
        // An amendment names quantities net of what came back before it; the orders still have that.
        for (product, back) in contract_amendment::absorbed(reader, contract.id)? {
            add(product, back);
        }
        for (product, taken) in taken(reader, contract, beside)? {
            add(product, -taken);
        }
        Ok(Self(left))
    }

    /// Takes so many of a product. What was left before it, where that does not suffice; nothing is taken then.
    pub fn take(&mut self, product: ProductId, quantity: Quantity) -> Result<(), Quantity> {
        let left = self.0.entry(product).or_insert(Quantity::ZERO);
        let after = left.minus(quantity);
        if after.scaled() < 0 {
            return Err(Quantity::from_scaled(left.scaled().max(0)));
        }
        *left = after;
        Ok(())
    }
}

/// What other orders under a contract take of it, from their submission on, less what was cancelled.
fn taken(
    reader: &mut Reader<'_>,
    contract: &SalesContract,
    beside: SalesOrderId,
) -> Result<Vec<(ProductId, i64)>, Failure> {
    let takes = [SalesOrderState::InApproval, SalesOrderState::Delivered, SalesOrderState::Closed];
    let takes = takes.into_iter().chain(SalesOrderState::MOVING);
    let (key, beside) = (Some(Key::from(contract.id)), Key::from(beside));
    let states: Vec<&str> = takes.map(SalesOrderState::code).collect();
    let rows: Vec<(Key, i64, i64)> = db!(reader, |c| lines::table
        .inner_join(sales_orders::table.on(sales_orders::id.eq(lines::order_id)))
        .filter(sales_orders::contract_id.eq(key).and(sales_orders::id.ne(beside)))
        .filter(sales_orders::status.eq_any(&states))
        .select((lines::product_id, lines::quantity, lines::cancelled))
        .load(c))?;
    Ok(rows.into_iter().map(|(product, ordered, cancelled)| (product.into(), ordered - cancelled)).collect())
}
