//! Shipments over HTTP. `[ORD-1a]`

mod erp;

use erp::*;

use crate::{
    sales_order::body::{MovedLine, moved},
    spine::{
        At, Can, Created, List, PathId, Reading, Reason, Reply, Routes, UnitOfWork, Valid, Wanted, routes,
    },
};
use chrono::NaiveDate;
use domain::{
    sales_order::SalesOrderId,
    shipment::{Shipment, ShipmentDetails},
    spine::perm,
};
use persistence::shipment::{self as shipments, ShipmentFilter, ShipmentSummary, ShipmentView, deed};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

pub(crate) fn routes(into: &mut Routes) {
    routes!(
        into,
        "shipments",
        [
            list_shipments,
            dispatch_shipment,
            show_shipment,
            deliver_shipment,
            take_back_shipment,
            tell_shipments,
        ]
    );
}

/// List shipments. `[ORD-1a, INT-4]`
///
/// What the caller may see: of departments in reach, of their own orders, and what they recorded. The newest first.
#[utoipa::path(get, path = "/api/v1/shipments")]
async fn list_shipments(
    who: Can<perm::ReadOrders>,
    wanted: Wanted<ShipmentFilter>,
    reading: Reading,
) -> List<ShipmentSummary> {
    reading.list(who, wanted, shipments::list).await
}

/// Show a shipment. `[ORD-1a]`
#[utoipa::path(get, path = "/api/v1/shipments/{id}")]
async fn show_shipment(
    who: Can<perm::ReadOrders>,
    id: PathId<Shipment>,
    reading: Reading,
) -> Reply<ShipmentView> {
    reading.read(who, move |reader| shipments::view(reader, *id)).await
}

/// An identity in another system.
#[derive(Clone, Debug, Deserialize, Serialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ShipmentExternalIdentity)]
pub(crate) struct ExternalIdentity {
    /// Which system.
    #[validate(length(min = 1, max = 40))]
    #[schema(min_length = 1, max_length = 40, example = "erp")]
    #[serde(deserialize_with = "domain::spine::typed::read_reference")]
    source: String,
    /// The identity there.
    #[validate(length(min = 1, max = 100))]
    #[schema(min_length = 1, max_length = 100, example = "10023")]
    #[serde(deserialize_with = "domain::spine::typed::read_reference")]
    external_id: String,
}

/// Goods that left.
#[derive(Clone, Debug, Deserialize, Serialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct DispatchShipment {
    /// Of which order.
    order_id: SalesOrderId,
    /// What of it.
    #[validate(length(min = 1, max = 200), nested)]
    #[schema(min_items = 1, max_items = 200)]
    lines: Vec<MovedLine>,
    /// The day they left.
    shipped_on: NaiveDate,
    /// Who carries them.
    #[serde(default)]
    #[validate(length(min = 1, max = 100))]
    #[schema(min_length = 1, max_length = 100, example = "顺丰")]
    carrier: Option<String>,
    /// The number under which they are traced.
    #[serde(default)]
    #[validate(length(min = 1, max = 100))]
    #[schema(min_length = 1, max_length = 100)]
    tracking_number: Option<String>,
    /// The other system that keeps it, and its identity there.
    #[serde(default)]
    #[validate(nested)]
    external: Option<ExternalIdentity>,
}

/// Record a shipment. `[ORD-1a, CNT; 004 §2]`
///
/// Never more than is left of a line, however many ship it at once; not while the order is on hold.
#[utoipa::path(post, path = "/api/v1/shipments")]
async fn dispatch_shipment(
    who: Can<perm::DispatchOrders>,
    body: Valid<DispatchShipment>,
    work: UnitOfWork,
) -> Created<ShipmentView> {
    work.write(who, move |tx| {
        let DispatchShipment { order_id, lines, shipped_on, carrier, tracking_number, external } =
            body.0.clone();
        let external = external.map(|external| (external.source, external.external_id));
        let details = ShipmentDetails { shipped_on, carrier, tracking_number, external };
        let shipment = deed::dispatch(tx, order_id, &moved(&lines), details)?;
        shipments::show(tx, shipment)
    })
    .await
}

/// That a shipment reached the customer.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct DeliverShipment {
    /// On which day.
    delivered_on: NaiveDate,
    /// What proves it.
    #[validate(length(min = 1, max = 200))]
    #[schema(min_length = 1, max_length = 200, example = "签收单扫描件 SH-12")]
    proof: String,
}

/// Record the delivery of a shipment. `[ORD-1a]`
#[utoipa::path(post, path = "/api/v1/shipments/{id}/deliver")]
async fn deliver_shipment(
    who: Can<perm::DispatchOrders>,
    at: At<Shipment>,
    body: Valid<DeliverShipment>,
    work: UnitOfWork,
) -> Reply<ShipmentView> {
    work.moves(who, at, move |shipment, tx| {
        deed::deliver(tx, shipment, (body.delivered_on, body.proof.clone()))
    })
    .await
}

/// Take a shipment back. `[ORD-1a]`
///
/// Before its delivery, by counter-entries; what reached the customer comes back by a return.
#[utoipa::path(post, path = "/api/v1/shipments/{id}/take-back")]
async fn take_back_shipment(
    who: Can<perm::DispatchOrders>,
    at: At<Shipment>,
    body: Valid<Reason>,
    work: UnitOfWork,
) -> Reply<ShipmentView> {
    work.moves(who, at, move |shipment, tx| deed::take_back(tx, shipment, body.reason.clone())).await
}
