//! Registrations in the database: made and completed with what follows for ownership in the same transaction.
//! `[OWN-1, OWN-2, OWN-17]`

/// What registering does.
pub mod deed;
mod row;
/// What one looks like, and those within the caller's sight.
pub mod view;

pub use row::find;
pub use view::{RegistrationFilter, RegistrationView, list, show, view};

use crate::{
    audit::{Confidential, Shown},
    spine::{Failure, Part, Tx},
};
use domain::{
    registration::Registration,
    spine::{Change, Entity},
};

/// What this noun brings to its wing.
pub(crate) const NOUN: &[Part] = &[&Confidential { kind: Registration::KIND, shown: Shown::Never }];

crate::spine::resource! { crate::Customer: Registration as RegistrationView; find, apply, show = show }

/// Writes a change of a registration.
///
/// # Errors
/// Where it moved meanwhile.
pub fn apply(tx: &mut Tx<'_>, change: Change<Registration>) -> Result<Registration, Failure> {
    tx.apply(change)
}
