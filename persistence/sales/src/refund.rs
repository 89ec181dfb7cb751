//! Refunds in the database: asked for, approved, paid; the counted figure of the contract and the commission of its sale move
//! with the payment. `[REC-1c, CNT]`

/// What is done with a refund and moves more than it.
pub mod deed;
mod row;
mod settle;
/// What a refund looks like, and those within the caller's sight.
pub mod view;

pub use row::find;
pub use settle::preview;
pub use view::{RefundFilter, RefundSummary, RefundView, list, show, view};

use crate::{
    approval::{Routing, SubjectKind},
    policy::Shipped,
    spine::{Failure, Part, Tx},
};
use domain::{
    refund::{REFUND_CHAIN_CODE, Refund, SHIPPED_REFUND_CHAIN, routed_fields},
    spine::Change,
};

/// What this noun brings to its wing.
pub(crate) const NOUN: &[Part] = &[
    &const { SubjectKind::of::<Refund, crate::Sales>() },
    &Routing(routed_fields),
    &Shipped::text(REFUND_CHAIN_CODE, "退款审批链", "002 §7", SHIPPED_REFUND_CHAIN),
];

crate::spine::resource! { crate::Sales: Refund as RefundView; find, apply, show = show }

/// Writes a change of a refund.
///
/// # Errors
/// Where it moved meanwhile; a reference that is taken.
pub fn apply(tx: &mut Tx<'_>, change: Change<Refund>) -> Result<Refund, Failure> {
    tx.apply(change)
}
