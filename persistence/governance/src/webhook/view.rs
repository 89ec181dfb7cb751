//! What a webhook endpoint looks like; never its secret. `[INT-1a]`

use super::row::{Row, find};
use crate::{
    schema::{webhook_cursors as cursors, webhook_retries as retries},
    spine::{ActionView, Failure, Instant, Key, Place, Placed, Reader, View, db},
};
use diesel::prelude::*;
use domain::{
    spine::{AnyId, Id, Permission, Timestamp, UserId, Version},
    webhook::{DisabledBy, WebhookAction, WebhookEndpoint, WebhookState, WebhookStatus},
};
use serde::Serialize;
use utoipa::ToSchema;

/// What the caller may do with an endpoint. An alias, because the derive would take a generic type apart.
type WebhookActionView = ActionView<WebhookAction>;

/// An endpoint in a list.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = WebhookEndpointSummary)]
pub struct WebhookSummary {
    /// Its identity.
    pub id: AnyId,
    /// What it is called.
    #[schema(max_length = 60, example = "ERP")]
    pub name: String,
    /// Where it is.
    #[schema(max_length = 500, example = "https://erp.example.com/hooks")]
    pub url: String,
    /// The account whose it is.
    pub owner_id: UserId,
    /// The kinds of events it wants.
    #[schema(max_items = 100)]
    pub kinds: Vec<String>,
    /// Whether nothing is sent before what failed.
    pub is_ordered: bool,
    /// Whether it is told of events.
    pub status: WebhookState,
    /// Since when it is not.
    pub disabled_at: Option<Timestamp>,
    /// Why it is not.
    pub disabled_by: Option<DisabledBy>,
    /// When it was set up.
    pub made_at: Timestamp,
    /// When it last changed.
    pub changed_at: Timestamp,
    /// Its version, for `If-Match`.
    #[schema(minimum = 1)]
    pub version: Version,
}

impl View for WebhookSummary {}

/// How an endpoint is listed.
pub(super) fn summary(row: Row) -> Result<WebhookSummary, Failure> {
    let changed_at = row.changed_at.into();
    let endpoint = WebhookEndpoint::try_from(row)?;
    let (disabled_at, disabled_by) = disabled(&endpoint);
    Ok(WebhookSummary {
        id: endpoint.id.uuid().into(),
        owner_id: endpoint.owner,
        is_ordered: endpoint.content.ordered,
        status: endpoint.status.state(),
        disabled_at,
        disabled_by,
        made_at: endpoint.made_at,
        changed_at,
        version: endpoint.version,
        name: endpoint.content.name,
        url: endpoint.content.url,
        kinds: endpoint.content.kinds,
    })
}

const fn disabled(endpoint: &WebhookEndpoint) -> (Option<Timestamp>, Option<DisabledBy>) {
    match endpoint.status {
        WebhookStatus::Enabled {} => (None, None),
        WebhookStatus::Disabled { at, by } => (Some(at), Some(by)),
    }
}

/// Where another system is told of events.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = WebhookEndpoint)]
pub struct WebhookView {
    /// Its identity.
    pub id: AnyId,
    /// What it is called.
    #[schema(max_length = 60, example = "ERP")]
    pub name: String,
    /// Where it is.
    #[schema(max_length = 500, example = "https://erp.example.com/hooks")]
    pub url: String,
    /// The account whose it is: it is told no more than this account may read.
    pub owner_id: UserId,
    /// The kinds of events it wants: exact, all of a noun (`expense_claim.*`) or all (`*`).
    #[schema(max_items = 100)]
    pub kinds: Vec<String>,
    /// Whether nothing is sent before what failed.
    pub is_ordered: bool,
    /// Until when the secret before signs too.
    pub previous_secret_until: Option<Timestamp>,
    /// Whether it is told of events.
    pub status: WebhookState,
    /// Since when it is not.
    pub disabled_at: Option<Timestamp>,
    /// Why it is not.
    pub disabled_by: Option<DisabledBy>,
    /// How far it was told.
    pub progress: WebhookProgress,
    /// When it was set up.
    pub made_at: Timestamp,
    /// What the caller may do with it now.
    #[schema(max_items = 20)]
    pub actions: Vec<WebhookActionView>,
    /// Its version, for `If-Match`.
    #[schema(minimum = 1)]
    pub version: Version,
}

/// How far an endpoint was told of the feed.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = WebhookProgress)]
pub struct WebhookProgress {
    /// Up to which event of the feed it was looked after; what failed before that waits to be tried again.
    #[schema(minimum = 0)]
    pub sequence: i64,
    /// The last event that it took.
    #[schema(minimum = 0)]
    pub delivered_sequence: i64,
    /// When it last took one.
    pub delivered_at: Option<Timestamp>,
    /// Since when it has taken none although something was sent.
    pub failing_since: Option<Timestamp>,
    /// How many events wait to be tried again.
    #[schema(minimum = 0)]
    pub waiting: i64,
}

impl View for WebhookView {
    fn version(&self) -> Option<Version> {
        Some(self.version)
    }
    fn location(&self) -> Option<String> {
        Some(format!("/api/v1/webhook-endpoints/{}", self.id))
    }
}

/// One endpoint.
///
/// # Errors
/// Not found where the caller does not reach everything.
pub fn view(reader: &mut Reader<'_>, id: Id<WebhookEndpoint>) -> Result<WebhookView, Failure> {
    let endpoint = find(reader, id)?;
    show(reader, endpoint)
}

/// How an endpoint at hand is shown.
///
/// # Errors
/// Where the database fails.
pub fn show(reader: &mut Reader<'_>, endpoint: WebhookEndpoint) -> Result<WebhookView, Failure> {
    let progress = progress(reader, endpoint.id)?;
    let actions = match reader.actor().may(Permission::ManageWebhooks) {
        true => endpoint.actions().collect(),
        false => Vec::new(),
    };
    let now = reader.now();
    let (disabled_at, disabled_by) = disabled(&endpoint);
    let until = endpoint.previous.as_ref().map(|previous| previous.until);
    Ok(WebhookView {
        id: endpoint.id.uuid().into(),
        owner_id: endpoint.owner,
        is_ordered: endpoint.content.ordered,
        previous_secret_until: until.filter(|until| *until > now),
        status: endpoint.status.state(),
        disabled_at,
        disabled_by,
        progress,
        made_at: endpoint.made_at,
        actions: ActionView::listed(&format!("/api/v1/webhook-endpoints/{}", endpoint.id), actions),
        version: endpoint.version,
        name: endpoint.content.name,
        url: endpoint.content.url,
        kinds: endpoint.content.kinds,
    })
}

fn progress(reader: &mut Reader<'_>, id: Id<WebhookEndpoint>) -> Result<WebhookProgress, Failure> {
    let key = Key::from(id);
    let (sequence, delivered_sequence, delivered_at, failing_since): (
        i64,
        i64,
        Option<Instant>,
        Option<Instant>,
    ) = db!(reader, |c| cursors::table
        .filter(cursors::endpoint_id.eq(key))
        .select((cursors::position, cursors::succeeded, cursors::succeeded_at, cursors::failing_since))
        .first(c))?;
    let waiting: i64 =
        db!(reader, |c| retries::table.filter(retries::endpoint_id.eq(key)).count().get_result(c))?;
    Ok(WebhookProgress {
        sequence,
        delivered_sequence,
        delivered_at: delivered_at.map(Into::into),
        failing_since: failing_since.map(Into::into),
        waiting,
    })
}

impl Placed<crate::Governance> for WebhookAction {
    fn place(self) -> Place {
        match self {
            Self::Revise => Place::Patch,
            Self::RotateSecret => Place::Post("/rotate-secret"),
            Self::Test => Place::Post("/test"),
            Self::Resend => Place::Post("/resend"),
            Self::Replay => Place::Post("/replay"),
            Self::Enable => Place::Post("/enable"),
            Self::Disable => Place::Post("/disable"),
        }
    }
}
