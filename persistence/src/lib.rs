//! The one door to the database. Each context has its rows (private), its finders, its `apply` and
//! its views here; the API never sees a connection.

mod identity;

pub mod policy;
pub mod schema;
pub mod spine;

use spine::{Failure, Tx};

/// Stores what ships with the product: each context adds its own. Doing it twice changes nothing.
pub fn seed(_tx: &mut Tx<'_>) -> Result<(), Failure> {
    Ok(())
}
