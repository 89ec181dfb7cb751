//! What is done with an endpoint: set up, changed, its secret replaced, disabled, enabled, and its events sent again. Whatever
//! moves its cursor raises the fence, so that a worker that is under way brings nothing any more. `[INT-1]`

use super::{apply, secret};
use crate::{
    identity::account,
    organisation::referred,
    policy,
    schema::{
        events, webhook_cursors as cursors, webhook_endpoints as endpoints, webhook_retries as retries,
    },
    spine::{Credential, EventFilter, Failure, Instant, Key, Reader, Tx, db, list_events},
};
use chrono::Duration;
use diesel::prelude::*;
use domain::{
    spine::{Citation, Id, Permission, Refusal, UserId},
    webhook::{
        DisabledBy, NOT_KEPT, NOT_OF_KIND, OWNER_READS_NO_EVENTS, REPLAYED, RESENT, WebhookContent,
        WebhookDelivery, WebhookEndpoint,
    },
};
use serde_json::json;

/// An endpoint with its secret, which is shown this once.
#[derive(Debug)]
pub struct Made {
    /// The endpoint.
    pub endpoint: WebhookEndpoint,
    /// Its key as it is.
    pub key: Vec<u8>,
}

/// Sets up an endpoint of an account that may read all events; it is told of what happens from now on.
///
/// # Errors
/// `webhook.owner_reads_no_events`, `webhook.no_secret`; what it says is not well formed.
pub fn make(tx: &mut Tx<'_>, owner: UserId, content: WebhookContent, plain: bool) -> Result<Made, Failure> {
    tx.over_everything()?;
    referred(account::load(tx, owner), "/owner_id")?;
    if !may_be_told(tx, owner)? {
        return Err(refused(OWNER_READS_NO_EVENTS).at("/owner_id").into());
    }
    let id = tx.id();
    let (key, sealed) = secret::fresh(tx, id)?;
    let change = WebhookEndpoint::make(id, owner, content, sealed, (plain, tx.now()))?;
    let endpoint = apply(tx, change)?;
    let head = head(tx)?;
    let row = (
        cursors::endpoint_id.eq(Key::from(id)),
        cursors::position.eq(head),
        cursors::fence.eq(0_i64),
        cursors::succeeded.eq(head),
    );
    db!(tx, |c| diesel::insert_into(cursors::table).values(row).execute(c))?;
    Ok(Made { endpoint, key })
}

fn refused(code: &'static domain::spine::RefusalCode) -> Refusal {
    Refusal::new(code).citing(Citation::rule("INT-1"))
}

/// Whether an account may read the whole feed: without that its endpoints rest.
///
/// # Errors
/// Where the database fails.
pub(super) fn may_be_told(reader: &mut Reader<'_>, owner: UserId) -> Result<bool, Failure> {
    let may = reader.in_place_of(Credential::Account(owner), |reader| {
        let by = reader.actor();
        Ok(by.may(Permission::ReadEvents) && by.reach(Permission::ReadEvents).all)
    })?;
    Ok(may.unwrap_or_default())
}

/// The last event of the feed; 0 before there is one.
pub(super) fn head(reader: &mut Reader<'_>) -> Result<i64, Failure> {
    let last: Option<i64> =
        db!(reader, |c| events::table.select(diesel::dsl::max(events::sequence)).first(c))?;
    Ok(last.unwrap_or_default())
}

/// The first event that is still kept; the one to come where there is none.
pub(super) fn first_kept(reader: &mut Reader<'_>) -> Result<i64, Failure> {
    let first: Option<i64> =
        db!(reader, |c| events::table.select(diesel::dsl::min(events::sequence)).first(c))?;
    Ok(first.unwrap_or(1))
}

/// Replaces the secret of an endpoint; the one before signs too for as long as the policy says.
///
/// # Errors
/// `webhook.no_secret`.
pub fn rotate(tx: &mut Tx<'_>, found: WebhookEndpoint) -> Result<Made, Failure> {
    let today = tx.today();
    let rule = policy::in_force::<WebhookDelivery>(tx, "company", today)?;
    let until = tx.now().plus(Duration::hours(rule.content.rotation_hours.into()));
    let (key, sealed) = secret::fresh(tx, found.id)?;
    let endpoint = apply(tx, found.rotate(sealed, until))?;
    Ok(Made { endpoint, key })
}

/// Tells an endpoint nothing any more; what waited to be tried again is dropped.
///
/// # Errors
/// `webhook.disabled_already`.
pub fn disable(tx: &mut Tx<'_>, found: WebhookEndpoint, by: DisabledBy) -> Result<WebhookEndpoint, Failure> {
    let (id, now) = (found.id, tx.now());
    let change = found.disable(by, now)?;
    let endpoint = apply(tx, change)?;
    drop_retries(tx, id)?;
    Ok(endpoint)
}

fn drop_retries(tx: &mut Tx<'_>, id: Id<WebhookEndpoint>) -> Result<(), Failure> {
    let key = Key::from(id);
    db!(tx, |c| diesel::delete(retries::table.filter(retries::endpoint_id.eq(key))).execute(c))?;
    Ok(())
}

/// Where an endpoint goes on.
#[derive(Clone, Copy, Debug)]
pub enum From {
    /// Behind the last event that it took.
    LastSuccess,
    /// With what happens from now on.
    Now,
    /// Behind an event of the feed.
    Behind(i64),
}

/// Tells an endpoint of events again.
///
/// # Errors
/// `webhook.enabled_already`, `webhook.not_kept`.
pub fn enable(tx: &mut Tx<'_>, found: WebhookEndpoint, from: From) -> Result<WebhookEndpoint, Failure> {
    let id = found.id;
    let change = found.enable()?;
    let endpoint = apply(tx, change)?;
    move_to(tx, id, from)?;
    Ok(endpoint)
}

/// Sends an endpoint everything again behind an event of the feed: each with the identity it had, by which the receiver knows
/// what it has taken before.
///
/// # Errors
/// `webhook.not_enabled`, `webhook.not_kept`.
pub fn replay(tx: &mut Tx<'_>, found: WebhookEndpoint, after: i64) -> Result<WebhookEndpoint, Failure> {
    found.ensure_enabled()?;
    let id = found.id;
    let endpoint = apply(tx, found.noted(REPLAYED, json!({"after": after})))?;
    move_to(tx, id, From::Behind(after))?;
    Ok(endpoint)
}

/// Moves the cursor; what waited to be tried again is dropped, and a worker under way brings nothing any more.
fn move_to(tx: &mut Tx<'_>, id: Id<WebhookEndpoint>, from: From) -> Result<(), Failure> {
    let key = Key::from(id);
    let head = head(tx)?;
    let succeeded: i64 =
        db!(tx, |c| cursors::table.filter(cursors::endpoint_id.eq(key)).select(cursors::succeeded).first(c))?;
    let position = match from {
        From::LastSuccess => succeeded,
        From::Now => head,
        From::Behind(sequence) => sequence.min(head),
    };
    if position + 1 < first_kept(tx)? {
        return Err(refused(NOT_KEPT).at("/sequence").into());
    }
    drop_retries(tx, id)?;
    let nothing = None::<Instant>;
    db!(tx, |c| diesel::update(cursors::table.filter(cursors::endpoint_id.eq(key)))
        .set((
            cursors::position.eq(position),
            cursors::fence.eq(cursors::fence + 1),
            cursors::lease_until.eq(nothing),
            cursors::told_at.eq(nothing),
            cursors::failing_since.eq(nothing),
            cursors::slow_until.eq(nothing),
        ))
        .execute(c))?;
    Ok(())
}

/// Sends an endpoint one event again, with the identity it had.
///
/// # Errors
/// `webhook.not_enabled`, `webhook.not_kept`, `webhook.not_of_kind`.
pub fn resend(tx: &mut Tx<'_>, found: WebhookEndpoint, sequence: i64) -> Result<WebhookEndpoint, Failure> {
    found.ensure_enabled()?;
    let wanted = EventFilter { after: sequence - 1, limit: 1, ..EventFilter::default() };
    let event = list_events(tx, &wanted)?.into_iter().find(|event| event.sequence == sequence);
    let event = event.ok_or_else(|| refused(NOT_KEPT).at("/sequence"))?;
    if !found.content.wants(&event.kind) {
        return Err(refused(NOT_OF_KIND).at("/sequence").into());
    }
    let (key, now) = (Key::from(found.id), Instant::from(tx.now()));
    let endpoint = apply(tx, found.noted(RESENT, json!({"sequence": sequence})))?;
    let mine = retries::endpoint_id.eq(key).and(retries::sequence.eq(sequence));
    db!(tx, |c| diesel::delete(retries::table.filter(mine)).execute(c))?;
    let row = (
        retries::endpoint_id.eq(key),
        retries::sequence.eq(sequence),
        retries::failures.eq(0_i64),
        retries::next_at.eq(now),
    );
    db!(tx, |c| diesel::insert_into(retries::table).values(row).execute(c))?;
    Ok(endpoint)
}

/// The enabled endpoints, for workers.
pub(super) fn enabled(reader: &mut Reader<'_>) -> Result<Vec<Id<WebhookEndpoint>>, Failure> {
    let keys: Vec<Key> = db!(reader, |c| endpoints::table
        .filter(endpoints::status.eq("enabled"))
        .order(endpoints::id)
        .select(endpoints::id)
        .load(c))?;
    Ok(keys.into_iter().map(Id::from).collect())
}
