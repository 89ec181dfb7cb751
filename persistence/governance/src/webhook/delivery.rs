//! An endpoint is taken by one worker, which sends what is due and settles what came of it. `[INT-1b, INT-1c]`
//!
//! What is sent twice is sent with the same identity: a worker may die between an answer and the commit that notes it.

/// What came of a batch is noted, all of it or, behind another worker, nothing.
pub mod settle;

use super::{
    deed::{enabled, first_kept, head, may_be_told},
    row::find_unscoped,
    secret,
};
use crate::{
    schema::{webhook_cursors as cursors, webhook_retries as retries},
    spine::{EventFilter, EventView, Failure, Instant, Key, Reader, Tx, db, list_events, take_lease},
};
use diesel::prelude::*;
use domain::{
    spine::{Id, Timestamp},
    webhook::{DisabledBy, WebhookEndpoint, WebhookStatus},
};
use serde_json::json;

/// How long a worker holds an endpoint, in seconds.
pub const LEASE_SECONDS: i64 = 60;
/// So many events are sent in one taking.
const SENT_AT_ONCE: usize = 40;
/// So many events of the feed are looked at in one taking.
const LOOKED_AT_ONCE: i64 = 200;

/// A worker's hold on an endpoint.
#[derive(Clone, Copy, Debug)]
pub struct Lease {
    /// Which.
    pub endpoint: Id<WebhookEndpoint>,
    /// Which taking it is.
    pub fence: i64,
}

/// What is to be sent.
#[derive(Clone, Debug)]
pub struct Parcel {
    /// The place of the event in the feed.
    pub sequence: i64,
    /// `webhook-id`: the identity of the event.
    pub message: String,
    /// The kind of event.
    pub kind: String,
    /// The bytes.
    pub body: Vec<u8>,
    /// How often it failed before.
    pub failures: i64,
    /// Whether it is tried again, and not reached in the feed.
    pub is_retry: bool,
}

/// What a worker that holds an endpoint is to send.
#[derive(Clone, Debug)]
pub struct Batch {
    /// Its hold.
    pub lease: Lease,
    /// Where to.
    pub url: String,
    /// The keys that sign, the newest first.
    pub keys: Vec<Vec<u8>>,
    /// Whether nothing is sent behind what failed.
    pub is_ordered: bool,
    /// What, in the order of the feed but for what is tried again, which comes first.
    pub parcels: Vec<Parcel>,
    /// Up to which event the feed was looked at.
    pub looked_at: i64,
}

type Cursor = (i64, i64, Option<Instant>, Option<Instant>);

fn cursor(reader: &mut Reader<'_>, id: Id<WebhookEndpoint>) -> Result<Cursor, Failure> {
    let key = Key::from(id);
    Ok(db!(reader, |c| cursors::table
        .filter(cursors::endpoint_id.eq(key))
        .select((cursors::position, cursors::fence, cursors::lease_until, cursors::slow_until))
        .first(c))?)
}

/// The endpoints that nobody holds and for which something is due.
///
/// # Errors
/// Where the database fails.
pub fn waiting(reader: &mut Reader<'_>) -> Result<Vec<Id<WebhookEndpoint>>, Failure> {
    let (now, head) = (reader.now(), head(reader)?);
    let mut waiting = Vec::new();
    for id in enabled(reader)? {
        let (position, _, lease, slow) = cursor(reader, id)?;
        let is_free = [lease, slow].into_iter().flatten().all(|until| until.0 <= now);
        if !is_free {
            continue;
        }
        let endpoint = find_unscoped(reader, id)?;
        let is_due = match next_retry(reader, id)? {
            Some((_, at)) if at <= now => true,
            Some(_) if endpoint.content.ordered => false,
            _ => position < head && is_something_wanted(reader, &endpoint, position)?,
        };
        if is_due && may_be_told(reader, endpoint.owner)? {
            waiting.push(id);
        }
    }
    Ok(waiting)
}

/// Whether the next events of the feed hold one that is wanted, or so many that are not that the cursor is moved.
fn is_something_wanted(
    reader: &mut Reader<'_>,
    of: &WebhookEndpoint,
    position: i64,
) -> Result<bool, Failure> {
    let events = behind(reader, position)?;
    let is_full = i64::try_from(events.len()).is_ok_and(|count| count >= LOOKED_AT_ONCE);
    Ok(is_full || events.iter().any(|event| of.content.wants(&event.kind)))
}

fn behind(reader: &mut Reader<'_>, after: i64) -> Result<Vec<EventView>, Failure> {
    list_events(reader, &EventFilter { after, limit: LOOKED_AT_ONCE, ..EventFilter::default() })
}

/// The event that is tried again first, and when.
fn next_retry(reader: &mut Reader<'_>, id: Id<WebhookEndpoint>) -> Result<Option<(i64, Timestamp)>, Failure> {
    let key = Key::from(id);
    let first: Option<(i64, Instant)> = db!(reader, |c| retries::table
        .filter(retries::endpoint_id.eq(key))
        .order((retries::next_at, retries::sequence))
        .select((retries::sequence, retries::next_at))
        .first(c)
        .optional())?;
    Ok(first.map(|(sequence, at)| (sequence, at.0)))
}

/// Takes an endpoint; none where another worker holds it, or it was disabled meanwhile. One whose events are not kept any
/// more is disabled.
///
/// # Errors
/// Where the database fails.
pub fn take(tx: &mut Tx<'_>, id: Id<WebhookEndpoint>) -> Result<Option<Lease>, Failure> {
    let key = Key::from(id);
    let Some(fence) = take_lease!(tx, cursors, cursors::endpoint_id.eq(key), LEASE_SECONDS) else {
        return Ok(None);
    };
    let (position, ..) = cursor(tx, id)?;
    let endpoint = find_unscoped(tx, id)?;
    let is_enabled = matches!(endpoint.status, WebhookStatus::Enabled {});
    if is_enabled && position < head(tx)? && position + 1 < first_kept(tx)? {
        settle::give_up(tx, endpoint, DisabledBy::FellBehind)?;
        return Ok(None);
    }
    Ok(is_enabled.then_some(Lease { endpoint: id, fence }))
}

/// What a worker that holds an endpoint is to send; none where it holds it no longer.
///
/// # Errors
/// Where the database fails, or the secret does not open.
pub fn batch(reader: &mut Reader<'_>, lease: Lease) -> Result<Option<Batch>, Failure> {
    let (position, fence, ..) = cursor(reader, lease.endpoint)?;
    let endpoint = find_unscoped(reader, lease.endpoint)?;
    if fence != lease.fence || !matches!(endpoint.status, WebhookStatus::Enabled {}) {
        return Ok(None);
    }
    let mut parcels = due_again(reader, &endpoint)?;
    let is_blocked =
        endpoint.content.ordered && parcels.is_empty() && next_retry(reader, lease.endpoint)?.is_some();
    let mut looked_at = position;
    if !is_blocked {
        for event in behind(reader, position)? {
            if parcels.len() >= SENT_AT_ONCE {
                break;
            }
            looked_at = event.sequence;
            if endpoint.content.wants(&event.kind) {
                parcels.push(parcel(&event, 0, false)?);
            }
        }
    }
    Ok(Some(Batch {
        lease,
        keys: keys(reader, &endpoint)?,
        is_ordered: endpoint.content.ordered,
        url: endpoint.content.url,
        parcels,
        looked_at,
    }))
}

/// What is tried again by now. What is not kept any more is not: it was failing for as long.
fn due_again(reader: &mut Reader<'_>, of: &WebhookEndpoint) -> Result<Vec<Parcel>, Failure> {
    let (key, now) = (Key::from(of.id), Instant::from(reader.now()));
    let most = i64::try_from(SENT_AT_ONCE / 2).unwrap_or(1);
    let due: Vec<(i64, i64)> = db!(reader, |c| retries::table
        .filter(retries::endpoint_id.eq(key).and(retries::next_at.le(now)))
        .order((retries::next_at, retries::sequence))
        .limit(most)
        .select((retries::sequence, retries::failures))
        .load(c))?;
    let mut parcels = Vec::new();
    for (sequence, failures) in due {
        let one = EventFilter { after: sequence - 1, limit: 1, ..EventFilter::default() };
        let event = list_events(reader, &one)?.into_iter().find(|event| event.sequence == sequence);
        parcels.extend(event.map(|event| parcel(&event, failures, true)).transpose()?);
    }
    parcels.sort_by_key(|parcel| parcel.sequence);
    Ok(parcels)
}

/// An event as it is sent: thin, since whoever wants more asks the API for it.
fn parcel(event: &EventView, failures: i64, is_retry: bool) -> Result<Parcel, Failure> {
    let body = json!({
        "type": event.kind,
        "timestamp": event.at,
        "data": {
            "sequence": event.sequence,
            "entity_kind": event.entity_kind,
            "entity": event.entity,
            "number": event.facts.get("number"),
            "version": event.entity_version,
        },
    });
    Ok(Parcel {
        sequence: event.sequence,
        message: event.id.to_string(),
        kind: event.kind.clone(),
        body: serde_json::to_vec(&body)?,
        failures,
        is_retry,
    })
}

/// The keys that sign now, the newest first.
///
/// # Errors
/// A server without the secret by which they are sealed.
pub fn keys(reader: &Reader<'_>, of: &WebhookEndpoint) -> Result<Vec<Vec<u8>>, Failure> {
    let now = reader.now();
    let previous = of.previous.as_ref().filter(|previous| previous.until > now);
    let sealed = [Some(&of.secret), previous.map(|previous| &previous.sealed)];
    sealed.into_iter().flatten().map(|sealed| secret::open(reader, of.id, sealed)).collect()
}
