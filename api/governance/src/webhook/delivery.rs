//! How endpoints are told of what is due, and how a message leaves: signed, to an address that was looked at, followed nowhere else, and waited for no longer than is
//! stated. `[INT-1b, INT-1c, INT-1d]`

use super::target::CheckedResolver;
use crate::spine::{AppState, Attempts, Chore, Every};
use actix_web::rt;
use domain::{
    spine::{Clock, Id, Timestamp},
    webhook::{AttemptOutcome, Response, Signed, WebhookEndpoint, signature},
};
use futures_util::future::join_all;
use ipnet::IpNet;
use persistence::{
    spine::{Answered, Database, Failure, Request, StoredAnswer, Tx},
    webhook::{
        attempt::{self, Attempted},
        delivery::{Batch, Lease, Parcel, batch, settle::settle, take, waiting},
    },
};
use std::{
    io::Read,
    thread,
    time::{Duration, Instant},
};
use ureq::{Agent, unversioned::transport::DefaultConnector};

/// How long an endpoint may take to answer.
const PATIENCE: Duration = Duration::from_secs(20);
/// Nothing more is sent this long after an endpoint was taken: with the longest answer that is less than the lease.
const SENDS_FOR: Duration = Duration::from_secs(30);
/// So many are under way at once to an endpoint that wants no order.
const IN_FLIGHT: usize = 4;
/// So much of an answer is kept, in bytes.
const ANSWER_BYTES_MAX: u64 = 1_024;

/// What sends.
#[derive(Clone, Debug)]
pub struct Post {
    agent: Agent,
}

impl Post {
    /// One that reaches the public internet, and these networks.
    pub fn reaching(networks: &[IpNet]) -> Self {
        let config = Agent::config_builder()
            .timeout_global(Some(PATIENCE))
            .max_redirects(0)
            .max_redirects_will_error(false)
            .http_status_as_error(false)
            .proxy(None)
            .user_agent("marketing-center")
            .build();
        let resolver = CheckedResolver::reaching(networks);
        Self { agent: Agent::with_parts(config, DefaultConnector::default(), resolver) }
    }

    /// Sends what is due, in order or four at once, until all of it is sent or time is up; of an ordered endpoint nothing
    /// behind what failed.
    pub fn send_all(&self, batch: &Batch, clock: &dyn Clock) -> Vec<Attempted> {
        let begun = Instant::now();
        let at_once = if batch.is_ordered { 1 } else { IN_FLIGHT };
        let mut done = Vec::new();
        for some in batch.parcels.chunks(at_once) {
            if begun.elapsed() > SENDS_FOR {
                break;
            }
            let sent: Vec<Attempted> = thread::scope(|scope| {
                let under_way: Vec<_> = some
                    .iter()
                    .map(|parcel| scope.spawn(|| self.send_one(batch, parcel, clock.now())))
                    .collect();
                under_way.into_iter().filter_map(|sending| sending.join().ok()).collect()
            });
            let is_over = sent.len() < some.len()
                || sent.iter().any(|one| match one.response.outcome() {
                    AttemptOutcome::Delivered => false,
                    AttemptOutcome::Gone => true,
                    AttemptOutcome::Failed => batch.is_ordered || one.response.slows(),
                });
            done.extend(sent);
            if is_over {
                break;
            }
        }
        done
    }

    fn send_one(&self, batch: &Batch, parcel: &Parcel, at: Timestamp) -> Attempted {
        let message = Message { id: &parcel.message, body: &parcel.body };
        let (response, milliseconds) = self.send(&batch.url, message, &batch.keys, at);
        Attempted {
            message: parcel.message.clone(),
            sequence: Some(parcel.sequence),
            kind: parcel.kind.clone(),
            number: parcel.failures + 1,
            at,
            milliseconds,
            response,
        }
    }

    /// Sends one message; answers what came back, and how many milliseconds that took.
    pub fn send(&self, url: &str, message: Message<'_>, keys: &[Vec<u8>], at: Timestamp) -> (Response, i64) {
        let Message { id, body } = message;
        let timestamp = at.micros().div_euclid(1_000_000);
        let header = signature(Signed { id, timestamp, body }, keys.iter().map(Vec::as_slice));
        let begun = Instant::now();
        let sent = self
            .agent
            .post(url)
            .header("content-type", "application/json")
            .header("webhook-id", id)
            .header("webhook-timestamp", timestamp.to_string())
            .header("webhook-signature", header)
            .send(body);
        let response = match sent {
            Ok(answer) => answered(answer),
            Err(error) => Response::Unreached { why: shortened(&error.to_string(), 500) },
        };
        (response, i64::try_from(begun.elapsed().as_millis()).unwrap_or(i64::MAX))
    }
}

/// What is sent.
#[derive(Clone, Copy, Debug)]
pub struct Message<'a> {
    /// Its identity.
    pub id: &'a str,
    /// Its bytes.
    pub body: &'a [u8],
}

fn answered(mut answer: ureq::http::Response<ureq::Body>) -> Response {
    let header = answer.headers().get("retry-after").and_then(|value| value.to_str().ok());
    let retry_after = header.and_then(|seconds| seconds.trim().parse().ok());
    let mut body = Vec::new();
    // What breaks off is kept as far as it came: the status is what counts.
    let _as_far_as_it_came = answer.body_mut().as_reader().take(ANSWER_BYTES_MAX).read_to_end(&mut body);
    let body = shortened(&String::from_utf8_lossy(&body), 1_024);
    Response::Answered { status: answer.status().as_u16(), retry_after, body }
}

/// The first characters of a text, without those that nobody can see.
fn shortened(text: &str, most: usize) -> String {
    text.chars().filter(|c| !c.is_control() || *c == '\n').take(most).collect()
}

/// Tells endpoints of events.
pub const DELIVERIES: &Chore =
    &Chore { name: "webhooks", every: Every::Moment, run: |state| Box::pin(begin(state)) };

/// Forgets old attempts.
pub const OLD_ATTEMPTS: &Chore = &Chore {
    name: "webhook-attempts",
    every: Every::Day,
    run: |state| {
        Box::pin(async {
            let forget = |tx: &mut Tx<'_>| attempt::forget(tx).map(|()| StoredAnswer::default());
            state.database.write(Request::system("webhook-attempts"), forget).await.map(drop)
        })
    },
};

/// Begins to tell every endpoint for which something is due, and waits for none: one that is slow stands in nobody's way, and
/// its lease keeps it from being begun again.
async fn begin(state: &AppState) -> Result<(), Failure> {
    let due = state.database.read(Request::system("webhooks"), waiting).await?;
    for id in due.into_iter().take(state.settings.webhook_workers) {
        let (database, post) = (state.database.clone(), Post::reaching(&state.settings.webhook_networks));
        rt::spawn(async move {
            if let Err(failure) = deliver(&database, &post, id).await {
                log::error!("webhooks: {id} could not be told: {failure:?}");
            }
        });
    }
    Ok(())
}

/// Tells every endpoint what is due by now, and waits for all; safe to be done by several servers at once.
///
/// # Errors
/// The first that could not be told, when the others have been.
pub async fn deliver_all(database: &Database, networks: &[IpNet]) -> Result<(), Failure> {
    let due = database.read(Request::system("webhooks"), waiting).await?;
    let post = Post::reaching(networks);
    let mut attempts = Attempts::default();
    for told in join_all(due.into_iter().map(|id| deliver(database, &post, id))).await {
        attempts.add(told);
    }
    attempts.outcome()
}

/// Takes an endpoint, sends it what is due and notes what came of it.
async fn deliver(database: &Database, post: &Post, id: Id<WebhookEndpoint>) -> Result<(), Failure> {
    let taken = database.write(Request::system("webhooks"), move |tx| {
        let lease = take(tx, id)?;
        let body = lease.map(|lease| lease.fence.to_string().into_bytes()).unwrap_or_default();
        Ok(StoredAnswer { body, ..StoredAnswer::default() })
    });
    let Some(lease) = lease(id, &taken.await?) else { return Ok(()) };
    let found = database.read(Request::system("webhooks"), move |reader| batch(reader, lease)).await?;
    let Some(batch) = found else { return Ok(()) };
    let (post, clock) = (post.clone(), database.clock().clone());
    let sending = rt::task::spawn_blocking(move || {
        let done = post.send_all(&batch, clock.as_ref());
        (batch, done)
    });
    let (batch, done) = sending.await.map_err(|_| Failure::fault("what sends webhooks fell"))?;
    let noted = move |tx: &mut Tx<'_>| settle(tx, &batch, &done).map(|()| StoredAnswer::default());
    database.write(Request::system("webhooks"), noted).await.map(drop)
}

fn lease(endpoint: Id<WebhookEndpoint>, taken: &Answered) -> Option<Lease> {
    let fence = std::str::from_utf8(&taken.answer.body).ok()?.parse().ok()?;
    Some(Lease { endpoint, fence })
}
