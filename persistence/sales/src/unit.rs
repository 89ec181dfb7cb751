//! Units in the database: entered, reserved with the deposit that holds them, signed, released. `[ORD-2, OWN-13, CNT]`

/// What is done with a unit and moves more than it.
pub mod deed;
mod row;
/// What a unit looks like, and all of them.
pub mod view;

pub use row::find;
pub use view::{UnitFilter, UnitView, list, show, view};

use crate::spine::{Failure, Tx};
use domain::{spine::Change, unit::Unit};

crate::spine::resource! { crate::Sales: Unit as UnitView; find, apply, show = show }

/// Writes a change of a unit.
///
/// # Errors
/// Where it moved meanwhile; a code that is taken.
pub fn apply(tx: &mut Tx<'_>, change: Change<Unit>) -> Result<Unit, Failure> {
    tx.apply(change)
}
