//! The hand-over of orders to another system: take, acknowledge, progress. Each call is idempotent per item and answers per
//! item. `[ORD-1, EXP-10]`

use super::body::{MovedLine, moved};
use crate::spine::{
    Can, ItemOutcome, Items, Listing, Paged, PerItem, Reading, Reply, UnitOfWork, Valid, View,
};
use domain::{
    sales_order::{SalesOrderId, UNKNOWN_ORDER},
    spine::{AnyId, Refusal, perm},
};
use persistence::{
    sales_order::{self as orders, SalesOrderView, deed, taken},
    spine::{Failure, RefusalView, Tx},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;
use validator::Validate;

/// Take the orders that are to be made. `[ORD-1, EXP-10]`
///
/// Approved, and taken over by nobody yet; the longest waiting first. What is taken but not acknowledged is offered again from
/// the beginning.
#[utoipa::path(get, path = "/api/v1/erp/sales-orders")]
pub(super) async fn take_sales_orders(
    who: Can<perm::SyncOrders>,
    paged: Paged,
    reading: Reading,
) -> Reply<Listing<SalesOrderView>> {
    reading.page(who, paged, taken::ready).await
}

/// The answer for one item, in the order they were sent.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = SalesHandOverResult)]
pub(crate) struct HandOverResult {
    /// The order, shipment or receipt, where it is known.
    id: Option<AnyId>,
    /// Its number.
    #[schema(max_length = 60)]
    number: Option<String>,
    /// How the item was answered.
    outcome: ItemOutcome,
    /// Why it was refused.
    refusal: Option<RefusalView>,
}

/// The answers, one per item.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = SalesHandOverResults)]
pub(crate) struct HandOverResults {
    /// In the order the items were sent.
    #[schema(max_items = 500)]
    data: Vec<HandOverResult>,
}
impl View for HandOverResults {}

/// What an item came to: identity, number, and whether the same had been said before.
pub(crate) type Handed = (Uuid, String, bool);

/// Does an item each, in an order by which two batches that meet wait in a row; a refused item is undone whole and leaves the
/// others alone.
pub(crate) fn each<T>(
    tx: &mut Tx<'_>,
    items: &[T],
    key: impl Fn(&T) -> Uuid,
    deed: impl Fn(&mut Tx<'_>, &T) -> Result<Handed, Failure>,
) -> Result<HandOverResults, Failure> {
    let mut order: Vec<usize> = (0..items.len()).collect();
    order.sort_by_key(|index| key(&items[*index]));
    let mut data: Vec<Option<HandOverResult>> = vec![None; items.len()];
    for index in order {
        let item = &items[index];
        data[index] = Some(match tx.attempt(|tx| deed(tx, item))? {
            Ok((id, number, already)) => HandOverResult {
                id: Some(AnyId::from_uuid(id)),
                number: Some(number),
                outcome: if already { ItemOutcome::Already } else { ItemOutcome::Done },
                refusal: None,
            },
            Err(Failure::Refused(refusal)) => refused(&refusal),
            Err(Failure::NotFound) => refused(&Refusal::new(UNKNOWN_ORDER)),
            Err(failure) => return Err(failure),
        });
    }
    Ok(HandOverResults { data: data.into_iter().flatten().collect() })
}

fn refused(refusal: &Refusal) -> HandOverResult {
    let refusal = Some(RefusalView::of(refusal));
    HandOverResult { id: None, number: None, outcome: ItemOutcome::Refused, refusal }
}

/// Orders that were taken.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct AcknowledgeSalesOrders {
    /// Under what they were taken: the other system's batch or document.
    #[serde(deserialize_with = "domain::spine::typed::read_reference")]
    #[validate(length(min = 1, max = 60))]
    #[schema(min_length = 1, max_length = 60, example = "ERP-20260305-01")]
    reference: String,
    /// The orders.
    #[validate(length(min = 1, max = 500))]
    #[schema(min_items = 1, max_items = 500)]
    order_ids: Vec<SalesOrderId>,
}

/// Acknowledge orders that were taken over. `[ORD-1]`
///
/// From now on they are not cancelled here. The same reference again answers `already`, another is refused.
#[utoipa::path(post, path = "/api/v1/erp/sales-orders/acknowledge")]
pub(super) async fn acknowledge_sales_orders(
    who: Can<perm::SyncOrders>,
    body: Valid<AcknowledgeSalesOrders>,
    work: UnitOfWork,
) -> PerItem<HandOverResults> {
    work.write(who, move |tx| {
        each(
            tx,
            &body.order_ids,
            |id| id.uuid(),
            |tx, id| {
                let (order, already) = taken::take(tx, *id, &body.reference)?;
                Ok((order.id.uuid(), order.petition.number, already))
            },
        )
    })
    .await
}

/// How much of an order is produced.
#[derive(Clone, Debug, Deserialize, Serialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct OrderProgress {
    /// The order.
    order_id: SalesOrderId,
    /// Of which lines, in all by now.
    #[validate(length(min = 1, max = 200), nested)]
    #[schema(min_items = 1, max_items = 200)]
    lines: Vec<MovedLine>,
}

/// Say how much of orders is produced. `[ORD-1a]`
///
/// In all by now: what comes late, or again, changes nothing and answers `already`; a line never goes back.
#[utoipa::path(post, path = "/api/v1/erp/sales-orders/progress")]
pub(super) async fn progress_sales_orders(
    who: Can<perm::SyncOrders>,
    body: Valid<Items<OrderProgress>>,
    work: UnitOfWork,
) -> PerItem<HandOverResults> {
    work.write(who, move |tx| {
        each(
            tx,
            &body.items,
            |item| item.order_id.uuid(),
            |tx, item| {
                let order = orders::find(tx, item.order_id)?;
                let (order, is_moved) = deed::produce(tx, order, &moved(&item.lines))?;
                Ok((order.id.uuid(), order.petition.number, !is_moved))
            },
        )
    })
    .await
}
