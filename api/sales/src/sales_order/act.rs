//! What is done with an order after its approval. `[ORD-1a, ORD-1c]`

use super::body::{MovedLine, moved};
use crate::spine::{At, Can, Reason, Reply, UnitOfWork, Valid};
use domain::{
    sales_order::{HoldKind, SalesOrder},
    spine::perm,
};
use persistence::sales_order::{SalesOrderView, deed, returned};
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

/// Cancel an approved order. `[ORD-1, ORD-1c]`
///
/// Before anything was shipped, and before another system took it over. It counts no more among what the customer owes; credit and
/// commission of a sale of its own are taken back.
#[utoipa::path(post, path = "/api/v1/sales-orders/{id}/cancel")]
pub(super) async fn cancel_sales_order(
    who: Can<perm::SubmitOrders>,
    at: At<SalesOrder>,
    body: Valid<Reason>,
    work: UnitOfWork,
) -> Reply<SalesOrderView> {
    work.moves(who, at, move |order, tx| deed::cancel(tx, order, body.reason.clone())).await
}

/// Which line is cut short.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct CutShortSalesOrder {
    /// Its place in the order, from 1 on.
    #[validate(range(min = 1, max = 200))]
    #[schema(minimum = 1, maximum = 200)]
    line: usize,
    /// Why.
    #[validate(length(min = 1, max = 500))]
    #[schema(min_length = 1, max_length = 500, example = "客户不再需要余量")]
    reason: String,
}

/// Cut a line of an order short. `[ORD-1a, ORD-1c]`
///
/// What is not shipped of it is not wanted any more. Where nothing else is to come, the order is closed by that.
#[utoipa::path(post, path = "/api/v1/sales-orders/{id}/cut-short")]
pub(super) async fn cut_short_sales_order(
    who: Can<perm::SubmitOrders>,
    at: At<SalesOrder>,
    body: Valid<CutShortSalesOrder>,
    work: UnitOfWork,
) -> Reply<SalesOrderView> {
    work.moves(who, at, move |order, tx| deed::cut_short(tx, order, (body.line, &body.reason))).await
}

/// Close a delivered order. `[ORD-1]`
#[utoipa::path(post, path = "/api/v1/sales-orders/{id}/close")]
pub(super) async fn close_sales_order(
    who: Can<perm::SubmitOrders>,
    at: At<SalesOrder>,
    work: UnitOfWork,
) -> Reply<SalesOrderView> {
    work.moves(who, at, move |order, tx| Ok(order.close(tx.actor(), tx.now())?)).await
}

/// Why an order is put on hold.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct HoldSalesOrder {
    /// Of what kind.
    kind: HoldKind,
    /// Why.
    #[validate(length(min = 1, max = 500))]
    #[schema(min_length = 1, max_length = 500, example = "客户要求推迟发货")]
    reason: String,
}

/// Put an order on hold. `[ORD-1]`
///
/// Nothing is made or shipped until it is released, and the time of its stage stands still.
#[utoipa::path(post, path = "/api/v1/sales-orders/{id}/hold")]
pub(super) async fn hold_sales_order(
    who: Can<perm::SuperviseOrders>,
    at: At<SalesOrder>,
    body: Valid<HoldSalesOrder>,
    work: UnitOfWork,
) -> Reply<SalesOrderView> {
    work.moves(who, at, move |order, tx| deed::hold(tx, order, (body.kind, body.reason.clone()))).await
}

/// Release an order. `[ORD-1, ORD-1c]`
///
/// Credit is looked at again with what is owed by now.
#[utoipa::path(post, path = "/api/v1/sales-orders/{id}/release")]
pub(super) async fn release_sales_order(
    who: Can<perm::SuperviseOrders>,
    at: At<SalesOrder>,
    work: UnitOfWork,
) -> Reply<SalesOrderView> {
    work.moves(who, at, move |order, tx| deed::release(tx, order)).await
}

/// What came back.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ReturnSalesOrder {
    /// Of which lines, this time.
    #[validate(length(min = 1, max = 200), nested)]
    #[schema(min_items = 1, max_items = 200)]
    lines: Vec<MovedLine>,
}

/// Record that goods of an order came back. `[ORD-3, COM-10b]`
///
/// At most what was delivered. What the customer pays is what is kept of each line, so that a full return gives the whole back
/// however it is parted; credit, commission, credit limit and instalments move with it, once a return. What was paid beyond that is
/// to be refunded.
#[utoipa::path(post, path = "/api/v1/sales-orders/{id}/return-goods")]
pub(super) async fn return_sales_order_goods(
    who: Can<perm::DispatchOrders>,
    at: At<SalesOrder>,
    body: Valid<ReturnSalesOrder>,
    work: UnitOfWork,
) -> Reply<SalesOrderView> {
    work.moves(who, at, move |order, tx| returned::take_return(tx, order, &moved(&body.lines))).await
}

/// How many are produced.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ProgressSalesOrder {
    /// Of which lines, in all by now.
    #[validate(length(min = 1, max = 200), nested)]
    #[schema(min_items = 1, max_items = 200)]
    lines: Vec<MovedLine>,
}

/// Say how much of an order is produced. `[ORD-1a]`
///
/// In all by now: less than was said before is late news and changes nothing.
#[utoipa::path(post, path = "/api/v1/sales-orders/{id}/progress")]
pub(super) async fn progress_sales_order(
    who: Can<perm::ProgressOrders>,
    at: At<SalesOrder>,
    body: Valid<ProgressSalesOrder>,
    work: UnitOfWork,
) -> Reply<SalesOrderView> {
    work.moves(who, at, move |order, tx| {
        deed::produce(tx, order, &moved(&body.lines)).map(|(order, _)| order)
    })
    .await
}
