//! Receipts that another system tells of, item by item. `[REC-1b]`

use super::{ExternalIdentity, RecordReceipt, deal_of};
use crate::{
    sales_order::erp::{HandOverResults, each},
    spine::{Can, Items, PerItem, UnitOfWork, Valid},
};
use domain::{receipt::ReceiptDetails, spine::perm};
use persistence::receipt::deed;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

/// A receipt as another system knows it.
#[derive(Clone, Debug, Deserialize, Serialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ToldReceipt {
    /// The other system, and its identity there.
    #[validate(nested)]
    external: ExternalIdentity,
    /// What was received.
    #[validate(nested)]
    receipt: RecordReceipt,
}

/// Tell of receipts. `[REC-1b, CNT]`
///
/// The same said again under its identity answers `already`; something else under it is refused. Each is recorded and allocated
/// as by hand.
#[utoipa::path(post, path = "/api/v1/erp/receipts")]
pub(super) async fn tell_receipts(
    who: Can<perm::SyncOrders>,
    body: Valid<Items<ToldReceipt>>,
    work: UnitOfWork,
) -> PerItem<HandOverResults> {
    work.write(who, move |tx| {
        each(
            tx,
            &body.items,
            |item| item.receipt.customer_id.uuid(),
            |tx, item| {
                let ToldReceipt { external: ExternalIdentity { source, external_id }, receipt } =
                    item.clone();
                let deal = deal_of(receipt.contract_id, receipt.order_id)?;
                let details = ReceiptDetails { external: Some((source, external_id)), ..receipt.into() };
                let (receipt, already) = deed::told(tx, details, deal)?;
                Ok((receipt.id.uuid(), receipt.number, already))
            },
        )
    })
    .await
}
