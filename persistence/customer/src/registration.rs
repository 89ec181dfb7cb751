//! Registrations in the database: made and completed with what follows for ownership in the same transaction.
//! `[OWN-1, OWN-2, OWN-17]`

/// What registering does.
pub mod deed;
mod row;
/// Ownership is told, as far as it was the receiver's turn.
mod turn;
/// What one looks like, and those within the caller's sight.
pub mod view;

pub use row::find;
pub use view::{RegistrationFilter, RegistrationView, list, show, view};

use crate::{
    audit::{Confidential, Shown},
    schema::registrations,
    spine::{Failure, Part, Tx},
};
use domain::{
    registration::Registration,
    spine::{Change, Entity},
};

/// What this noun brings to its wing.
pub(crate) const NOUN: &[Part] = &[
    &Confidential { kind: Registration::KIND, shown: Shown::Never },
    &crate::held_with!("registration", "客户登记", "Registrations"; registrations, row::load, show),
];

crate::spine::resource! { crate::Customer: Registration as RegistrationView; find, apply, show = show }

/// Writes a change of a registration.
///
/// # Errors
/// Where it moved meanwhile.
pub fn apply(tx: &mut Tx<'_>, change: Change<Registration>) -> Result<Registration, Failure> {
    tx.apply(change)
}
