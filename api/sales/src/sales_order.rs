//! Orders over HTTP. `[ORD-1, ORD-1a, ORD-1c]`

mod act;
pub(crate) mod body;
pub(crate) mod erp;

use crate::{
    approval::SubmissionPreview,
    spine::{
        At, Can, Created, List, Merge, Note, PathId, Reading, Reason, Reply, Routes, UnitOfWork, Valid,
        Wanted, routes,
    },
};
use act::*;
use body::CreateSalesOrder;
use domain::{approval::Document, sales_order::SalesOrder, spine::perm};
use erp::*;
use persistence::{
    approval::document,
    sales_order::{self as orders, SalesOrderFilter, SalesOrderSummary, SalesOrderView, deed},
};

pub(crate) fn routes(into: &mut Routes) {
    routes!(
        into,
        "sales-orders",
        [
            list_sales_orders,
            create_sales_order,
            show_sales_order,
            revise_sales_order,
            preview_sales_order_approval,
            submit_sales_order,
            withdraw_sales_order,
            void_sales_order,
            cancel_sales_order,
            cut_short_sales_order,
            close_sales_order,
            hold_sales_order,
            release_sales_order,
            progress_sales_order,
            return_sales_order_goods,
            take_sales_orders,
            acknowledge_sales_orders,
            progress_sales_orders,
        ]
    );
}

/// List orders. `[ORD-1, INT-4]`
///
/// What the caller may see: their own, those of departments in reach, and those that came to them for approval. The
/// newest first.
#[utoipa::path(get, path = "/api/v1/sales-orders")]
async fn list_sales_orders(
    who: Can<perm::ReadOrders>,
    wanted: Wanted<SalesOrderFilter>,
    reading: Reading,
) -> List<SalesOrderSummary> {
    reading.list(who, wanted, orders::list).await
}

/// Show an order. `[ORD-1, ACT-1]`
#[utoipa::path(get, path = "/api/v1/sales-orders/{id}")]
async fn show_sales_order(
    who: Can<perm::ReadOrders>,
    id: PathId<SalesOrder>,
    reading: Reading,
) -> Reply<SalesOrderView> {
    reading.read(who, move |reader| orders::view(reader, *id)).await
}

/// Enter an order. `[ORD-1, LINE]`
///
/// Starts a draft in the caller's name, of their department; its number is taken now and never used again. Under a contract
/// only once that is signed; its prices hold.
#[utoipa::path(post, path = "/api/v1/sales-orders")]
async fn create_sales_order(
    who: Can<perm::SubmitOrders>,
    body: Valid<CreateSalesOrder>,
    work: UnitOfWork,
) -> Created<SalesOrderView> {
    work.write(who, move |tx| {
        let order = deed::create(tx, body.0.clone().into())?;
        orders::show(tx, order)
    })
    .await
}

/// Change an order. `[ORD-1]`
///
/// While it is a draft, returned or withdrawn.
#[utoipa::path(patch, path = "/api/v1/sales-orders/{id}")]
async fn revise_sales_order(
    who: Can<perm::SubmitOrders>,
    at: At<SalesOrder>,
    patch: Merge<CreateSalesOrder>,
    work: UnitOfWork,
) -> Reply<SalesOrderView> {
    work.moves(who, at, move |order, tx| {
        order.may_revise(tx.actor())?;
        let content = patch.over(&order.content.clone().into())?.into();
        let content = deed::complete(tx, content)?;
        Ok(order.revise(content, tx.actor())?)
    })
    .await
}

/// Preview the approval of an order. `[APR-8, PRI-2, REC-1e]`
///
/// The same code as submitting, without submitting: what would be refused and whom it would meet.
#[utoipa::path(get, path = "/api/v1/sales-orders/{id}/approval-preview")]
async fn preview_sales_order_approval(
    who: Can<perm::ReadOrders>,
    id: PathId<SalesOrder>,
    reading: Reading,
) -> Reply<SubmissionPreview> {
    reading
        .read(who, move |reader| {
            let order = orders::find(reader, *id)?;
            orders::preview(reader, &order).map(SubmissionPreview::of)
        })
        .await
}

/// Submit an order for its review. `[ORD-1, ORD-1c, PRI-2, REC-1e; 004 §5.2]`
///
/// A line off the list, or off its contract, needs a deviation that was agreed to. From now on it counts among what the customer
/// owes: beyond their credit it is refused with what is missing, unless a release of this order was granted.
#[utoipa::path(post, path = "/api/v1/sales-orders/{id}/submit")]
async fn submit_sales_order(
    who: Can<perm::SubmitOrders>,
    at: At<SalesOrder>,
    work: UnitOfWork,
) -> Reply<SalesOrderView> {
    work.moves(who, at, move |order, tx| deed::submit(tx, order)).await
}

/// Withdraw an order that waits for its review. `[APR-3]`
#[utoipa::path(post, path = "/api/v1/sales-orders/{id}/withdraw")]
async fn withdraw_sales_order(
    who: Can<perm::SubmitOrders>,
    at: At<SalesOrder>,
    body: Valid<Note>,
    work: UnitOfWork,
) -> Reply<SalesOrderView> {
    work.moves(who, at, move |order, tx| document::withdraw(tx, &order, body.note.clone())).await
}

/// Void an order. `[ORD-1]`
///
/// From draft, returned, rejected or withdrawn. Its number stays taken.
#[utoipa::path(post, path = "/api/v1/sales-orders/{id}/void")]
async fn void_sales_order(
    who: Can<perm::SubmitOrders>,
    at: At<SalesOrder>,
    body: Valid<Reason>,
    work: UnitOfWork,
) -> Reply<SalesOrderView> {
    work.moves(who, at, move |order, tx| document::void(tx, order, body.reason.clone())).await
}
