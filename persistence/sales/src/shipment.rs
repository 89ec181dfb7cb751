//! Shipments in the database: recorded, delivered, taken back; the figures of their lines move with them. `[ORD-1a, CNT]`

/// What is done with a shipment and moves its order.
pub mod deed;
mod row;
/// What a shipment looks like, and those within the caller's sight.
pub mod view;

pub use row::find;
pub use view::{ShipmentFilter, ShipmentSummary, ShipmentView, list, show, view};

use crate::spine::{Failure, Tx};
use domain::{shipment::Shipment, spine::Change};

crate::spine::resource! { crate::Sales: Shipment as ShipmentView; find, apply, show = show }

/// Writes a change of a shipment.
///
/// # Errors
/// Where it moved meanwhile; an identity elsewhere that is taken.
pub fn apply(tx: &mut Tx<'_>, change: Change<Shipment>) -> Result<Shipment, Failure> {
    tx.apply(change)
}
