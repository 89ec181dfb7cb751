//! Long operations in the database: queued, taken by one worker at a time, advanced batch by batch, found by whoever asked.
//! `[OPR-1, OPR-2]`

/// What is done with an operation: queued, taken, held, let go.
pub mod deed;
/// The operations of the caller.
pub mod list;
/// What was handed in, and the file of results.
pub mod piece;
mod row;
/// What one looks like.
pub mod view;

pub use list::{OperationFilter, OperationSummary, list};
pub use row::{find, find_unscoped};
pub use view::{OperationView, show, view};

use crate::spine::{Failure, Part, Tx};
use domain::{operation::Operation, spine::Change};

/// What this noun brings to its wing.
pub(crate) const NOUN: &[Part] = &[];

crate::spine::resource! { crate::Base: Operation as OperationView; find, apply, show = show }

/// Writes a change of an operation.
pub fn apply(tx: &mut Tx<'_>, change: Change<Operation>) -> Result<Operation, Failure> {
    tx.apply(change)
}
