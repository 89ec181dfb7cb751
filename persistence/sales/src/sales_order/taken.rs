//! What another system takes over of orders. `[ORD-1, EXP-10]`

use super::{SalesOrderView, apply, find, view::view};
use crate::{
    schema::sales_orders,
    spine::{Failure, Instant, Key, Page, Reader, Sight, Slice, Tx, covered, orders, paged},
};
use diesel::prelude::*;
use domain::sales_order::{SalesOrder, SalesOrderId, SalesOrderState};

#[derive(Queryable, Selectable)]
#[diesel(table_name = sales_orders)]
struct WaitingRow {
    id: Key,
    changed_at: Instant,
}

orders! {
    /// The order in which orders wait to be taken over.
    WaitingOrder of WaitingRow in sales_orders by id, ascending:
    changed_at;
}

/// What is to be made and was taken over by nobody yet; the longest waiting first. What was offered and not acknowledged is
/// offered again from the beginning.
///
/// # Errors
/// Where the database fails.
pub fn ready(reader: &mut Reader<'_>, page: &Page) -> Result<Slice<SalesOrderView>, Failure> {
    let mut wanted = covered!(Sight::of(reader), sales_orders, "sales_order");
    wanted.also(sales_orders::status.eq(SalesOrderState::Approved.code()));
    wanted.also(sales_orders::taken.is_null());
    let found = paged!(reader, page, WaitingOrder::default(), wanted;
        sales_orders::table => WaitingRow::as_select(); |row: &WaitingRow| row);
    found.try_map(|row| view(reader, row.id.into()))
}

/// Another system takes an order over, under a reference; whether it had done so before. From then on it is not cancelled here: of
/// the two at once one is done.
///
/// # Errors
/// `sales_order.taken_already` under another reference, `sales_order.not_under_way`.
pub fn take(tx: &mut Tx<'_>, id: SalesOrderId, reference: &str) -> Result<(SalesOrder, bool), Failure> {
    let (order, now) = (find(tx, id)?, tx.now());
    match order.take(reference.to_owned(), now)? {
        Ok(change) => Ok((apply(tx, change)?, false)),
        Err(known) => Ok((known, true)),
    }
}
