//! Receptions in the database: begun and ended with what they do to the queue and to ownership in the same transaction.
//! `[QUE-1, QUE-2, OWN-3, OWN-7, OWN-10]`

/// What begins, is answered and ends.
pub mod deed;
mod row;
/// What one looks like, and those within the caller's sight.
pub mod view;

pub use row::{due_to_escalate, find};
pub use view::{ReceptionFilter, ReceptionView, list, show, view};

use crate::{
    audit::{Confidential, Shown},
    spine::{Failure, Part, Tx},
};
use domain::{
    reception::Reception,
    spine::{Change, Entity},
};

/// What this noun brings to its wing.
pub(crate) const NOUN: &[Part] = &[&Confidential { kind: Reception::KIND, shown: Shown::Never }];

crate::spine::resource! { crate::Customer: Reception as ReceptionView; find, apply, show = show }

/// Writes a change of a reception.
///
/// # Errors
/// Where it moved meanwhile.
pub fn apply(tx: &mut Tx<'_>, change: Change<Reception>) -> Result<Reception, Failure> {
    tx.apply(change)
}
