//! Shipments that another system tells of, item by item. `[ORD-1a]`

use super::{DispatchShipment, ExternalIdentity};
use crate::{
    sales_order::{
        body::moved,
        erp::{HandOverResults, each},
    },
    spine::{Can, Items, PerItem, UnitOfWork, Valid},
};
use domain::{shipment::ShipmentDetails, spine::perm};
use persistence::shipment::deed;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

/// A shipment as another system knows it.
#[derive(Clone, Debug, Deserialize, Serialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ToldShipment {
    /// The other system, and its identity there.
    #[validate(nested)]
    external: ExternalIdentity,
    /// What left.
    #[validate(nested)]
    shipment: DispatchShipment,
}

/// Tell of shipments. `[ORD-1a, CNT]`
///
/// The same said again under its identity answers `already`; something else under it is refused. Never more than is left of a
/// line.
#[utoipa::path(post, path = "/api/v1/erp/shipments")]
pub(super) async fn tell_shipments(
    who: Can<perm::SyncOrders>,
    body: Valid<Items<ToldShipment>>,
    work: UnitOfWork,
) -> PerItem<HandOverResults> {
    work.write(who, move |tx| {
        each(
            tx,
            &body.items,
            |item| item.shipment.order_id.uuid(),
            |tx, item| {
                let DispatchShipment { order_id, lines, shipped_on, carrier, tracking_number, external: _ } =
                    item.shipment.clone();
                let ExternalIdentity { source, external_id } = item.external.clone();
                let external = Some((source, external_id));
                let details = ShipmentDetails { shipped_on, carrier, tracking_number, external };
                let (shipment, already) = deed::told(tx, order_id, &moved(&lines), details)?;
                Ok((shipment.id.uuid(), shipment.number, already))
            },
        )
    })
    .await
}
