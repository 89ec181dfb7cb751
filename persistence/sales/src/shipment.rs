//! Shipments in the database: recorded, delivered, taken back; the figures of their lines move with them. `[ORD-1a, CNT]`

/// What is done with a shipment and moves its order.
pub mod deed;
mod row;
/// What a shipment looks like, and those within the caller's sight.
pub mod view;

pub use row::find;
pub use view::{ShipmentFilter, ShipmentSummary, ShipmentView, list, show, view};

use crate::schema::shipments;
use crate::spine::{Failure, Part, Tx};
use domain::{shipment::Shipment, spine::Change};

/// What this noun brings to its wing.
pub(crate) const NOUN: &[Part] = &[
    &crate::customer_file::held::ErasedWith(row::erase),
    &persistence_customer::held_with!("shipment", "发货", "Shipments"; shipments, row::load, show),
];

crate::spine::resource! { crate::Sales: Shipment as ShipmentView; find, apply, show = show }

/// Writes a change of a shipment.
///
/// # Errors
/// Where it moved meanwhile; an identity elsewhere that is taken.
pub fn apply(tx: &mut Tx<'_>, change: Change<Shipment>) -> Result<Shipment, Failure> {
    tx.apply(change)
}
