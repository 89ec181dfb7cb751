//! Webhook endpoints in the database: how far each was told of the feed, by which worker, and what failed. `[INT-1]`
//!
//! An endpoint has one cursor over the feed and rows for failures alone. A worker holds it by a lease; each taking raises the
//! *fence*, and what a worker brings whose fence is not the last is refused, so nobody writes over another.

/// What came of attempts, to be looked at.
pub mod attempt;
/// What is done with an endpoint.
pub mod deed;
/// Taken by one worker, sent by it, and settled.
pub mod delivery;
/// The endpoints.
pub mod list;
mod row;
/// How secrets are sealed.
pub mod secret;
/// What one endpoint looks like.
pub mod view;

pub use list::{WebhookFilter, list};
pub use row::find;
pub use view::{WebhookView, show, view};

use crate::{
    policy::{Kind, Shipped},
    spine::{Failure, Part, Tx},
};
use domain::{
    spine::Change,
    webhook::{SHIPPED_WEBHOOK_DELIVERY, WEBHOOK_DELIVERY_CODE, WebhookDelivery, WebhookEndpoint},
};

/// What this noun brings to its wing.
pub(crate) const NOUN: &[Part] = &[
    &Kind::of::<WebhookDelivery>(),
    &Shipped::text(
        WEBHOOK_DELIVERY_CODE,
        "事件推送的重试与停用",
        "Standard Webhooks 1.0",
        SHIPPED_WEBHOOK_DELIVERY,
    ),
];

crate::spine::resource! { crate::Governance: WebhookEndpoint as WebhookView; find, apply, show = show }

/// Writes a change of an endpoint.
pub fn apply(tx: &mut Tx<'_>, change: Change<WebhookEndpoint>) -> Result<WebhookEndpoint, Failure> {
    tx.apply(change)
}
