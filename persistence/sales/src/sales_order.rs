//! Orders in the database: entered, reviewed, made, shipped; what their lines count beside them. `[ORD-1, CNT]`

/// What is done with an order and moves more than it.
pub mod deed;
/// The orders within the caller's sight.
pub mod list;
/// Goods that come back.
pub mod returned;
mod row;
mod settle;
/// What another system takes over.
pub mod taken;
/// What an order looks like.
pub mod view;

pub use list::{SalesOrderFilter, SalesOrderSummary, list};
pub use row::find;
pub(crate) use row::{collecting, find_unscoped, owed};
pub use settle::preview;
pub use view::{SALES_ORDER, SalesOrderView, show, view};

use crate::{
    approval::{Routing, SubjectKind},
    policy::Shipped,
    spine::{Failure, Part, Tx},
};
use domain::{
    sales_order::{SALES_ORDER_CHAIN_CODE, SHIPPED_SALES_ORDER_CHAIN, SalesOrder, routed_fields},
    spine::Change,
};

/// What this noun brings to its wing.
pub(crate) const NOUN: &[Part] = &[
    &const { SubjectKind::of::<SalesOrder, crate::Sales>() },
    &Routing(routed_fields),
    &Shipped::text(SALES_ORDER_CHAIN_CODE, "销售订单审核链", "004 §5.2", SHIPPED_SALES_ORDER_CHAIN),
];

crate::spine::resource! { crate::Sales: SalesOrder as SalesOrderView; find, apply, show = show }

/// Writes a change of an order.
///
/// # Errors
/// Where it moved meanwhile; an identity elsewhere that is taken.
pub fn apply(tx: &mut Tx<'_>, change: Change<SalesOrder>) -> Result<SalesOrder, Failure> {
    tx.apply(change)
}
