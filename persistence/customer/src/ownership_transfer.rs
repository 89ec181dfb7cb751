//! Transfers of customers in the database: handed to approvers, and done once they agree. `[OWN-16]`

/// What moves more than the transfer itself.
pub mod deed;
mod row;
mod settle;
/// What one looks like, and those within the caller's sight.
pub mod view;

pub use row::find;
pub use settle::preview;
pub use view::{TransferFilter, TransferView, list, show, view};

use crate::{
    approval::{Routing, SubjectKind},
    policy::Shipped,
    spine::{Failure, Part, Tx},
};
use domain::{
    ownership_transfer::{OwnershipTransfer, SHIPPED_TRANSFER_CHAIN, TRANSFER_CHAIN_CODE, routed_fields},
    spine::Change,
};

/// What this noun brings to its wing.
pub(crate) const NOUN: &[Part] = &[
    &const { SubjectKind::of::<OwnershipTransfer, crate::Customer>() },
    &Routing(routed_fields),
    &Shipped::text(TRANSFER_CHAIN_CODE, "客户移交审批链", "000 §5.1", SHIPPED_TRANSFER_CHAIN),
];

crate::spine::resource! { crate::Customer: OwnershipTransfer as TransferView; find, apply, show = show }

/// Writes a change of a transfer.
///
/// # Errors
/// Where it moved meanwhile.
pub fn apply(tx: &mut Tx<'_>, change: Change<OwnershipTransfer>) -> Result<OwnershipTransfer, Failure> {
    tx.apply(change)
}
