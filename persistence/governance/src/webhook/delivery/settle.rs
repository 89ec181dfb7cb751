//! What came of a batch: the cursor moves, what failed waits to be tried again, and an endpoint that fails for too long is
//! told of nothing any more. `[INT-1c]`

use super::{
    super::{
        apply,
        attempt::{Attempted, Row as AttemptRow},
        deed::disable,
        row::find_unscoped,
    },
    Batch, Lease, Parcel,
};
use crate::{
    announcement::deed::tell,
    identity::account,
    policy,
    schema::{webhook_attempts as attempts, webhook_cursors as cursors, webhook_retries as retries},
    spine::{Failure, Instant, Key, Tx, db, end_lease, insert_all},
};
use diesel::prelude::*;
use domain::{
    spine::{Timestamp, UserId},
    webhook::{AttemptOutcome, DisabledBy, FAILING, WebhookDelivery, WebhookEndpoint, WebhookStatus},
};
use serde_json::json;
use std::collections::BTreeSet;

/// Notes what came of a batch, and lets the endpoint go. Whoever does not hold it any more brings nothing: what they sent is
/// sent again by whoever does, with the same identity.
///
/// # Errors
/// Where the database fails.
pub fn settle(tx: &mut Tx<'_>, batch: &Batch, done: &[Attempted]) -> Result<(), Failure> {
    if !let_go(tx, batch.lease)? {
        log::warn!("webhooks: what a worker brought of {} was another's by then", batch.lease.endpoint);
        return Ok(());
    }
    let today = tx.today();
    let rule = policy::in_force::<WebhookDelivery>(tx, "company", today)?;
    let rows: Vec<AttemptRow> = done
        .iter()
        .map(|attempted| AttemptRow::of(Key(tx.ids().fresh()), batch.lease.endpoint, attempted))
        .collect();
    insert_all!(tx, attempts::table, &rows);
    for attempted in done {
        retry(tx, batch, attempted, &rule.content)?;
    }
    let position = reached(batch, done);
    let key = Key::from(batch.lease.endpoint);
    db!(tx, |c| diesel::update(cursors::table.filter(cursors::endpoint_id.eq(key)))
        .set(cursors::position.eq(position))
        .execute(c))?;
    let endpoint = find_unscoped(tx, batch.lease.endpoint)?;
    judge(tx, endpoint, done, &rule.content)
}

/// Gives an endpoint back, if the worker still holds it: from here on the row of its cursor is locked.
fn let_go(tx: &mut Tx<'_>, lease: Lease) -> Result<bool, Failure> {
    let mine = cursors::endpoint_id.eq(Key::from(lease.endpoint));
    Ok(end_lease!(tx, cursors, mine, lease.fence))
}

/// Up to which event the feed was sent, or put aside to be tried again.
fn reached(batch: &Batch, done: &[Attempted]) -> i64 {
    let done: BTreeSet<i64> = done.iter().filter_map(|attempted| attempted.sequence).collect();
    let is_left = |parcel: &&Parcel| !parcel.is_retry && !done.contains(&parcel.sequence);
    batch.parcels.iter().find(is_left).map_or(batch.looked_at, |left| left.sequence - 1)
}

/// What failed is tried again, unless it was often enough; what was taken is not.
fn retry(
    tx: &mut Tx<'_>,
    batch: &Batch,
    attempted: &Attempted,
    rule: &WebhookDelivery,
) -> Result<(), Failure> {
    let Some(sequence) = attempted.sequence else { return Ok(()) };
    let key = Key::from(batch.lease.endpoint);
    let mine = retries::endpoint_id.eq(key).and(retries::sequence.eq(sequence));
    db!(tx, |c| diesel::delete(retries::table.filter(mine)).execute(c))?;
    if attempted.response.outcome() == AttemptOutcome::Delivered {
        return Ok(());
    }
    let chance = u32::try_from(tx.ids().fresh().as_u128() % 10_000).unwrap_or_default();
    let (failures, after) =
        (u32::try_from(attempted.number).unwrap_or(u32::MAX), attempted.response.retry_after());
    let delay = match batch.is_ordered {
        true => Some(rule.delay_of_ordered(failures, after, chance)),
        false => rule.delay(failures, after, chance),
    };
    let Some(delay) = delay else { return Ok(()) };
    let row = (
        retries::endpoint_id.eq(key),
        retries::sequence.eq(sequence),
        retries::failures.eq(attempted.number),
        retries::next_at.eq(Instant::from(tx.now().plus(delay))),
    );
    db!(tx, |c| diesel::insert_into(retries::table).values(row).execute(c))?;
    Ok(())
}

/// How the endpoint as a whole stands after a batch: well, failing, slow, gone.
fn judge(
    tx: &mut Tx<'_>,
    endpoint: WebhookEndpoint,
    done: &[Attempted],
    rule: &WebhookDelivery,
) -> Result<(), Failure> {
    let key = Key::from(endpoint.id);
    let taken = done.iter().filter(|one| one.response.outcome() == AttemptOutcome::Delivered);
    let now = tx.now();
    if let Some(last) = taken.filter_map(|one| one.sequence).max() {
        well(tx, key, last)?;
    }
    if let Some(slow) = done.iter().find(|one| one.response.slows()) {
        let wait = rule.delay_of_ordered(1, slow.response.retry_after(), 5_000);
        let until = Instant::from(now.plus(wait));
        db!(tx, |c| diesel::update(cursors::table.filter(cursors::endpoint_id.eq(key)))
            .set(cursors::slow_until.eq(Some(until)))
            .execute(c))?;
    }
    if !matches!(endpoint.status, WebhookStatus::Enabled {}) || done.is_empty() {
        return Ok(());
    }
    if done.iter().any(|one| one.response.outcome() == AttemptOutcome::Gone) {
        return give_up(tx, endpoint, DisabledBy::Gone);
    }
    if done.iter().any(|one| one.response.outcome() == AttemptOutcome::Delivered) {
        return Ok(());
    }
    failing(tx, endpoint, rule, now)
}

fn well(tx: &mut Tx<'_>, key: Key, last: i64) -> Result<(), Failure> {
    let nothing = None::<Instant>;
    let now = Some(Instant::from(tx.now()));
    let mine = cursors::endpoint_id.eq(key);
    db!(tx, |c| diesel::update(cursors::table.filter(mine))
        .set((
            cursors::succeeded_at.eq(now),
            cursors::told_at.eq(nothing),
            cursors::failing_since.eq(nothing),
            cursors::slow_until.eq(nothing),
        ))
        .execute(c))?;
    // An event that is sent again does not bring back what was behind it.
    db!(tx, |c| diesel::update(cursors::table.filter(mine.and(cursors::succeeded.lt(last))))
        .set(cursors::succeeded.eq(last))
        .execute(c))?;
    Ok(())
}

/// Nothing of a batch was taken: after a while the owner is told, after a long while it is given up.
fn failing(
    tx: &mut Tx<'_>,
    endpoint: WebhookEndpoint,
    rule: &WebhookDelivery,
    now: Timestamp,
) -> Result<(), Failure> {
    let key = Key::from(endpoint.id);
    let (since, told): (Option<Instant>, Option<Instant>) = db!(tx, |c| cursors::table
        .filter(cursors::endpoint_id.eq(key))
        .select((cursors::failing_since, cursors::told_at))
        .first(c))?;
    let mine = cursors::endpoint_id.eq(key);
    let instant = Some(Instant::from(now));
    let Some(since) = since else {
        db!(tx, |c| diesel::update(cursors::table.filter(mine))
            .set(cursors::failing_since.eq(instant))
            .execute(c))?;
        return Ok(());
    };
    let lasts = now.since(since.0);
    if lasts >= rule.disable_after() {
        return give_up(tx, endpoint, DisabledBy::Failing);
    }
    if lasts < rule.tell_after() || told.is_some() {
        return Ok(());
    }
    db!(tx, |c| diesel::update(cursors::table.filter(mine)).set(cursors::told_at.eq(instant)).execute(c))?;
    let (owner, name) = (endpoint.owner, endpoint.content.name.clone());
    apply(tx, endpoint.noted(FAILING, json!({"failing_since": since.0})))?;
    tell_owner(
        tx,
        owner,
        format!("事件推送持续失败：{name} / Webhook endpoint failing: {name}"),
        "该推送地址一直没有成功接收，系统会继续重试。请检查对方系统，推送记录中有每次的结果。\n\
         The endpoint has taken nothing for a while; it is tried again. Look at its attempts for what it answered.",
    )
}

/// Tells an endpoint nothing any more, and its owner that this is so.
pub(super) fn give_up(tx: &mut Tx<'_>, endpoint: WebhookEndpoint, by: DisabledBy) -> Result<(), Failure> {
    let (owner, name) = (endpoint.owner, endpoint.content.name.clone());
    disable(tx, endpoint, by)?;
    let (zh, en) = by.labels();
    let text = format!(
        "原因：{zh}。处理后可重新启用，并选择从何处继续。\n\
         The reason: {en}. Once it is mended, enable it again and say where it goes on."
    );
    tell_owner(tx, owner, format!("事件推送已停用：{name} / Webhook endpoint disabled: {name}"), &text)
}

/// Tells whoever an account belongs to; nobody, where it is a service's.
fn tell_owner(tx: &mut Tx<'_>, owner: UserId, title: String, text: &str) -> Result<(), Failure> {
    match account::load(tx, owner)?.details.employee {
        Some(employee) => tell(tx, employee, title, text.to_owned()),
        None => Ok(()),
    }
}
