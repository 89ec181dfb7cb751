//! Receipts in the database: recorded whatever they are, allocated as far as contracts take them. `[REC-1b, CNT]`

/// What is done with a receipt.
pub mod deed;
mod row;
/// What a receipt looks like, and those within the caller's sight.
pub mod view;

pub use row::find;
pub use view::{ReceiptFilter, ReceiptView, list, show, view};

use crate::{
    customer_file::deed::ErasedWith,
    spine::{Failure, Part, Tx},
};
use domain::{receipt::Receipt, spine::Change};

/// What this noun brings to its wing.
pub(crate) const NOUN: &[Part] = &[&ErasedWith(row::erase)];

crate::spine::resource! { crate::Sales: Receipt as ReceiptView; find, apply, show = show }

/// Writes a change of a receipt.
///
/// # Errors
/// Where it moved meanwhile; a reference that is taken.
pub fn apply(tx: &mut Tx<'_>, change: Change<Receipt>) -> Result<Receipt, Failure> {
    tx.apply(change)
}
