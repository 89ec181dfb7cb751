//! Webhook endpoints over HTTP, and the worker that tells them of events. `[INT-1]`

/// How a message leaves.
mod delivery;
/// Where messages may go.
mod target;

pub use self::delivery::{DELIVERIES, OLD_ATTEMPTS, deliver_all};

use self::{
    delivery::{Message, Post},
    target::Networks,
};
use crate::spine::{
    At, Can, Created, List, Merge, Merged, PathId, Problem, Reading, Reply, Routes, UnitOfWork, Unrehearsed,
    Valid, View, Wanted, codes, routes,
};
use actix_web::rt;
use domain::{
    spine::{EnumLabels, Id, Timestamp, UserId, Version, perm},
    webhook::{DisabledBy, TESTED, WebhookContent, WebhookEndpoint, secret_text},
};
use persistence::{
    spine::{Failure, Tx},
    webhook::{
        self as webhooks, WebhookFilter, WebhookView,
        attempt::{self, AttemptFilter, AttemptView, Attempted},
        deed::{self, Made},
        delivery::keys,
        view::WebhookSummary,
    },
};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::sync::{Arc, Mutex, PoisonError};
use utoipa::ToSchema;
use validator::Validate;

pub(crate) fn routes(into: &mut Routes) {
    routes!(
        into,
        "webhook-endpoints",
        [
            list_webhook_endpoints,
            make_webhook_endpoint,
            show_webhook_endpoint,
            revise_webhook_endpoint,
            rotate_webhook_secret,
            enable_webhook_endpoint,
            disable_webhook_endpoint,
            test_webhook_endpoint,
            resend_webhook_event,
            replay_webhook_events,
            list_webhook_attempts,
        ]
    );
}

/// List webhook endpoints. `[INT-1a, INT-4]`
#[utoipa::path(get, path = "/api/v1/webhook-endpoints")]
async fn list_webhook_endpoints(
    who: Can<perm::ManageWebhooks>,
    wanted: Wanted<WebhookFilter>,
    reading: Reading,
) -> List<WebhookSummary> {
    reading.list(who, wanted, webhooks::list).await
}

/// Show a webhook endpoint; never its secret. `[INT-1a, ACT-1]`
///
/// With how far it was told of the feed, and since when it fails.
#[utoipa::path(get, path = "/api/v1/webhook-endpoints/{id}")]
async fn show_webhook_endpoint(
    who: Can<perm::ManageWebhooks>,
    id: PathId<WebhookEndpoint>,
    reading: Reading,
) -> Reply<WebhookView> {
    reading.read(who, move |reader| webhooks::view(reader, *id)).await
}

/// A pattern of kinds of events.
#[derive(Clone, Debug, Deserialize, Serialize, ToSchema)]
#[schema(min_length = 1, max_length = 100, example = "expense_claim.*")]
struct EventPattern(String);

/// A new webhook endpoint.
#[derive(Clone, Debug, Deserialize, Serialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct MakeWebhookEndpoint {
    /// What it is called.
    #[validate(length(min = 1, max = 60))]
    #[schema(min_length = 1, max_length = 60, example = "ERP")]
    name: String,
    /// Where it is: an https address; http only in networks that whoever runs the server allowed.
    #[validate(length(min = 1, max = 500))]
    #[schema(min_length = 1, max_length = 500, example = "https://erp.example.com/hooks")]
    url: String,
    /// The kinds of events it wants: exact (`expense_claim.paid`), all of a noun (`expense_claim.*`) or all (`*`).
    #[validate(length(min = 1, max = 100))]
    #[schema(min_items = 1, max_items = 100)]
    kinds: Vec<EventPattern>,
    /// Whether nothing is sent before what failed; otherwise what failed is put aside and the rest goes on.
    #[serde(default)]
    ordered: bool,
    /// The account whose it is, which must be able to read all events; the caller's where absent.
    #[serde(default)]
    owner_id: Option<UserId>,
}

impl Merged for MakeWebhookEndpoint {
    const PATCH: &'static str = "ReviseWebhookEndpoint";
    const FIXED: &'static [&'static str] = &["owner_id"];
    const FILLED: &'static [&'static str] = &["ordered"];
}

impl From<MakeWebhookEndpoint> for WebhookContent {
    fn from(body: MakeWebhookEndpoint) -> Self {
        let MakeWebhookEndpoint { name, url, kinds, ordered, owner_id: _ } = body;
        let kinds = kinds.into_iter().map(|EventPattern(kind)| kind).collect();
        Self { name, url, kinds, ordered }
    }
}

impl From<WebhookContent> for MakeWebhookEndpoint {
    fn from(content: WebhookContent) -> Self {
        let WebhookContent { name, url, kinds, ordered } = content;
        let kinds = kinds.into_iter().map(EventPattern).collect();
        Self { name, url, kinds, ordered, owner_id: None }
    }
}

/// A webhook endpoint with the secret that signs from now on.
#[derive(Serialize, ToSchema)]
struct WebhookSecret {
    /// The secret, by which the receiver verifies signatures. It is shown this once.
    #[schema(max_length = 100, example = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")]
    secret: String,
    /// The endpoint.
    endpoint: WebhookView,
}

impl View for WebhookSecret {
    fn version(&self) -> Option<Version> {
        Some(self.endpoint.version)
    }
    fn location(&self) -> Option<String> {
        self.endpoint.location()
    }
}

fn shown(tx: &mut Tx<'_>, made: Made) -> Result<WebhookSecret, Failure> {
    let Made { endpoint, key } = made;
    Ok(WebhookSecret { secret: secret_text(&key), endpoint: webhooks::show(tx, endpoint)? })
}

/// Set up a webhook endpoint. `[INT-1a]`
///
/// Its secret is shown in this answer alone, which is therefore not kept with an `Idempotency-Key`. It is told of what
/// happens from now on.
#[utoipa::path(post, path = "/api/v1/webhook-endpoints")]
async fn make_webhook_endpoint(
    who: Can<perm::ManageWebhooks>,
    body: Valid<MakeWebhookEndpoint>,
    networks: Networks,
    work: Unrehearsed,
) -> Created<WebhookSecret> {
    work.without_memory()
        .write(who, move |tx| {
            let owner = body.owner_id.unwrap_or(tx.actor().user);
            let made = deed::make(tx, owner, body.0.clone().into(), networks.are_allowed())?;
            shown(tx, made)
        })
        .await
}

/// Change a webhook endpoint. `[INT-1a]`
#[utoipa::path(patch, path = "/api/v1/webhook-endpoints/{id}")]
async fn revise_webhook_endpoint(
    who: Can<perm::ManageWebhooks>,
    at: At<WebhookEndpoint>,
    patch: Merge<MakeWebhookEndpoint>,
    networks: Networks,
    work: UnitOfWork,
) -> Reply<WebhookView> {
    work.moves(who, at, move |found, _| {
        let body = patch.over(&found.content.clone().into())?;
        Ok(found.revise(body.into(), networks.are_allowed())?)
    })
    .await
}

/// Replace the secret of a webhook endpoint. `[INT-1a]`
///
/// Both sign for as long as the policy `webhook-delivery/company` says. The new one is shown in this answer alone.
#[utoipa::path(post, path = "/api/v1/webhook-endpoints/{id}/rotate-secret")]
async fn rotate_webhook_secret(
    who: Can<perm::ManageWebhooks>,
    at: At<WebhookEndpoint>,
    work: Unrehearsed,
) -> Reply<WebhookSecret> {
    work.without_memory()
        .write(who, move |tx| {
            let found = at.find(tx)?;
            let made = deed::rotate(tx, found)?;
            shown(tx, made)
        })
        .await
}

/// Where an endpoint goes on.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum EnableWebhookFrom {
    /// Behind the last event that it took.
    #[default]
    LastSuccess,
    /// With what happens from now on.
    Now,
    /// Behind an event of the feed.
    Sequence,
}

domain::labels! { EnableWebhookFrom = "EnableWebhookFrom":
    LastSuccess = "last_success", "上次成功之后", "Behind the last success";
    Now = "now", "从现在起", "From now on";
    Sequence = "sequence", "某序号之后", "Behind a sequence";
}

/// The labels of where an endpoint goes on.
pub const ENABLE_FROM: &EnumLabels = EnableWebhookFrom::LABELS;

/// Where it goes on.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct EnableWebhookEndpoint {
    /// From where; behind the last event that it took where absent.
    #[serde(default)]
    from: EnableWebhookFrom,
    /// Behind which event of the feed, where `from` is `sequence`; all that are kept where absent.
    #[serde(default)]
    #[validate(range(min = 0))]
    #[schema(minimum = 0)]
    sequence: i64,
}

/// Tell a webhook endpoint of events again. `[INT-1c]`
#[utoipa::path(post, path = "/api/v1/webhook-endpoints/{id}/enable")]
async fn enable_webhook_endpoint(
    who: Can<perm::ManageWebhooks>,
    at: At<WebhookEndpoint>,
    body: Valid<EnableWebhookEndpoint>,
    work: UnitOfWork,
) -> Reply<WebhookView> {
    work.moves(who, at, move |found, tx| {
        let from = match body.from {
            EnableWebhookFrom::LastSuccess => deed::From::LastSuccess,
            EnableWebhookFrom::Now => deed::From::Now,
            EnableWebhookFrom::Sequence => deed::From::Behind(body.sequence),
        };
        deed::enable(tx, found, from)
    })
    .await
}

/// Tell a webhook endpoint nothing any more. `[INT-1c]`
///
/// What waits to be tried again is dropped.
#[utoipa::path(post, path = "/api/v1/webhook-endpoints/{id}/disable")]
async fn disable_webhook_endpoint(
    who: Can<perm::ManageWebhooks>,
    at: At<WebhookEndpoint>,
    work: UnitOfWork,
) -> Reply<WebhookView> {
    work.moves(who, at, move |found, tx| deed::disable(tx, found, DisabledBy::Hand)).await
}

/// Send a webhook endpoint a test. `[INT-1d]`
///
/// At once, signed like any event; what came of it is the answer, and stands among the attempts.
#[utoipa::path(post, path = "/api/v1/webhook-endpoints/{id}/test")]
async fn test_webhook_endpoint(
    who: Can<perm::ManageWebhooks>,
    at: At<WebhookEndpoint>,
    networks: Networks,
    work: Unrehearsed,
) -> Reply<AttemptView> {
    let (id, work): (Id<WebhookEndpoint>, _) = (at.id(), work.without_memory());
    let ready = Arc::new(Mutex::new(None));
    let prepared = ready.clone();
    // That a test is sent stands in the trail before it is.
    let noted: Reply<WebhookView> = work
        .write(who.clone(), move |tx| {
            let found = at.find(tx)?;
            let message = tx.id::<WebhookEndpoint>().to_string();
            let tested =
                Tested { url: found.content.url.clone(), keys: keys(tx, &found)?, message, at: tx.now() };
            *prepared.lock().unwrap_or_else(PoisonError::into_inner) = Some(tested);
            let noted = webhooks::apply(tx, found.noted(TESTED, json!({})))?;
            webhooks::show(tx, noted)
        })
        .await;
    noted?;
    let tested = ready.lock().unwrap_or_else(PoisonError::into_inner).take();
    let tested = tested.ok_or_else(|| Problem::new(codes::INTERNAL))?;
    let post = Post::reaching(&networks.0);
    let sending = rt::task::spawn_blocking(move || tested.send(id, &post));
    let attempted = sending.await.map_err(|_| Problem::new(codes::INTERNAL))?;
    work.write(who, move |tx| attempt::note(tx, id, &attempted)).await
}

/// A test that is about to be sent.
struct Tested {
    url: String,
    keys: Vec<Vec<u8>>,
    message: String,
    at: Timestamp,
}

impl Tested {
    fn send(self, id: Id<WebhookEndpoint>, post: &Post) -> Attempted {
        let Self { url, keys, message, at } = self;
        let kind = "webhook_endpoint.test".to_owned();
        let data = json!({"sequence": null, "entity_kind": "webhook_endpoint", "entity": id, "number": null, "version": null});
        let body = json!({"type": kind, "timestamp": at, "data": data}).to_string();
        let (response, milliseconds) =
            post.send(&url, Message { id: &message, body: body.as_bytes() }, &keys, at);
        Attempted { message, sequence: None, kind, number: 1, at, milliseconds, response }
    }
}

/// Which event is sent again.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct ResendWebhookEvent {
    /// Its place in the feed.
    #[validate(range(min = 1))]
    #[schema(minimum = 1)]
    sequence: i64,
}

/// Send a webhook endpoint one event again. `[INT-1d]`
///
/// With the identity it had.
#[utoipa::path(post, path = "/api/v1/webhook-endpoints/{id}/resend")]
async fn resend_webhook_event(
    who: Can<perm::ManageWebhooks>,
    at: At<WebhookEndpoint>,
    body: Valid<ResendWebhookEvent>,
    work: UnitOfWork,
) -> Reply<WebhookView> {
    work.moves(who, at, move |found, tx| deed::resend(tx, found, body.sequence)).await
}

/// From where events are sent again.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct ReplayWebhookEvents {
    /// Behind which event of the feed.
    #[validate(range(min = 0))]
    #[schema(minimum = 0)]
    after: i64,
}

/// Send a webhook endpoint everything again from a place of the feed on. `[INT-1d]`
///
/// Each event with the identity it had, by which the receiver knows what it has taken before.
#[utoipa::path(post, path = "/api/v1/webhook-endpoints/{id}/replay")]
async fn replay_webhook_events(
    who: Can<perm::ManageWebhooks>,
    at: At<WebhookEndpoint>,
    body: Valid<ReplayWebhookEvents>,
    work: UnitOfWork,
) -> Reply<WebhookView> {
    work.moves(who, at, move |found, tx| deed::replay(tx, found, body.after)).await
}

/// List the attempts at a webhook endpoint. `[INT-1d, INT-4]`
///
/// The newest first, for as long as the policy `webhook-delivery/company` keeps them.
#[utoipa::path(get, path = "/api/v1/webhook-endpoints/{id}/attempts")]
async fn list_webhook_attempts(
    who: Can<perm::ManageWebhooks>,
    id: PathId<WebhookEndpoint>,
    wanted: Wanted<AttemptFilter>,
    reading: Reading,
) -> List<AttemptView> {
    reading.list(who, wanted, move |reader, filter, page| attempt::list(reader, *id, filter, page)).await
}
