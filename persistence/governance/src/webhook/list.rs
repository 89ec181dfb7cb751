//! The webhook endpoints. `[INT-1a, INT-4]`

use super::{
    row::Row,
    view::{WebhookSummary, summary},
};
use crate::{
    schema::webhook_endpoints as endpoints,
    spine::{Failure, Filter, Page, Reader, Several, Slice, Where, columns, narrow, orders, paged},
};
use diesel::prelude::*;
use domain::{
    spine::UserId,
    webhook::{DisabledBy, WebhookState},
};
use persistence_base::search;
use serde::Deserialize;
use utoipa::IntoParams;
use validator::Validate;

/// Which endpoints are wanted, and in what order.
#[derive(Clone, Debug, Default, Deserialize, Validate, IntoParams)]
#[serde(default)]
pub struct WebhookFilter {
    /// Only these states, separated by commas.
    #[param(inline, example = "enabled")]
    pub status: Several<WebhookState>,
    /// Only what was disabled for this, separated by commas.
    #[param(inline, example = "failing,gone")]
    pub disabled_by: Several<DisabledBy>,
    /// Only of this owner.
    pub owner_id: Option<UserId>,
    /// Only where this stands in name or address.
    #[validate(length(min = 1, max = 100))]
    #[param(min_length = 1, max_length = 100, example = "erp")]
    pub q: Option<String>,
    /// The order; a minus turns it round. The newest first where absent.
    #[param(inline)]
    pub sort: WebhookOrder,
}

impl Filter for WebhookFilter {}

orders! {
    /// By what endpoints are ordered.
    pub WebhookOrder of Row in endpoints by id, descending:
    made_at = id;
    changed_at;
}

/// The endpoints; none for whoever does not reach everything.
///
/// # Errors
/// Where the database fails.
pub fn list(
    reader: &mut Reader<'_>,
    filter: &WebhookFilter,
    page: &Page,
) -> Result<Slice<WebhookSummary>, Failure> {
    reader.over_everything()?;
    let mut wanted = Where::new();
    narrow!(wanted, endpoints, filter; status in status, disabled_by in disabled_by, owner_id = owner_id);
    search!(wanted, filter, endpoints::search_text);
    let found =
        paged!(reader, page, filter.sort, wanted; endpoints::table => Row::as_select(); |row: &Row| row);
    found.try_map(summary)
}

columns! { WebhookSummary as "webhook-endpoints" "事件推送地址" "Webhook endpoints":
    name "名称" "Name";
    url "地址" "Address";
    is_ordered "是否按序" "Ordered";
    status "状态" "Status";
    disabled_at "停用时间" "Disabled at";
    disabled_by "停用原因" "Disabled by";
    made_at "建立时间" "Made at";
    changed_at "更新时间" "Changed at";
}
