//! The same request twice has one effect and one answer. `[INT-2]`

use super::{Failure, Instant, Key, StoredAnswer, Tx, cached, db};
use crate::schema::idempotency_keys as keys;
use chrono::Duration;
use diesel::{prelude::*, query_dsl::methods, upsert::excluded};
use domain::spine::Timestamp;

/// A key a client sent, bound to what it sent.
#[derive(Clone, Debug)]
pub struct IdempotencyKey {
    /// The client's key.
    pub key: String,
    /// A digest of method, path and body.
    pub fingerprint: String,
    /// For how many hours answers are kept.
    pub kept_hours: i64,
}

#[derive(Insertable)]
#[diesel(table_name = keys, treat_none_as_default_value = false)]
struct Claim<'a> {
    caller: Key,
    key: &'a str,
    fingerprint: &'a str,
    status: i32,
    at: Instant,
}

/// Claims the key for this unit of work, or finds the answer it already led to. Where another
/// transaction holds the same key, the insert waits for its end.
pub(super) fn claim(tx: &mut Tx<'_>, sent: &IdempotencyKey) -> Result<Option<StoredAnswer>, Failure> {
    let caller = Key::from(tx.actor().user);
    let expired = Instant(tx.now().plus(Duration::hours(-sent.kept_hours)));
    let at = tx.now().into();
    let row = Claim { caller, key: &sent.key, fingerprint: &sent.fingerprint, status: 0, at };
    let mine = keys::caller.eq(caller).and(keys::key.eq(&sent.key));
    // A key that has expired is as good as a new one.
    let afresh = (
        keys::fingerprint.eq(excluded(keys::fingerprint)),
        keys::status.eq(excluded(keys::status)),
        keys::at.eq(excluded(keys::at)),
    );
    let claimed = db!(tx, |c| {
        let insert = diesel::insert_into(keys::table).values(&row);
        let upsert = insert.on_conflict((keys::caller, keys::key)).do_update().set(afresh);
        cached(methods::FilterDsl::filter(upsert, keys::at.lt(expired))).execute(c)
    })?;
    if claimed == 1 {
        return Ok(None);
    }
    let (fingerprint, status, etag, location, body) = db!(tx, |c| keys::table
        .filter(mine)
        .select((keys::fingerprint, keys::status, keys::etag, keys::location, keys::body))
        .first::<(String, i32, Option<String>, Option<String>, Option<Vec<u8>>)>(c))?;
    if fingerprint != sent.fingerprint {
        return Err(Failure::KeyReused);
    }
    let status = u16::try_from(status).map_err(Failure::fault)?;
    Ok(Some(StoredAnswer { status, etag, location, body: body.unwrap_or_default() }))
}

/// Keeps the answer with its key, in the transaction of its effect.
pub(super) fn keep(tx: &mut Tx<'_>, sent: &IdempotencyKey, answer: &StoredAnswer) -> Result<(), Failure> {
    let mine = keys::caller.eq(Key::from(tx.actor().user)).and(keys::key.eq(&sent.key));
    db!(tx, |c| cached(diesel::update(keys::table.filter(mine)).set((
        keys::status.eq(i32::from(answer.status)),
        keys::etag.eq(&answer.etag),
        keys::location.eq(&answer.location),
        keys::body.eq(&answer.body),
    )))
    .execute(c))?;
    Ok(())
}

/// Forgets answers older than this instant; returns how many.
pub(crate) fn forget(tx: &mut Tx<'_>, before: Timestamp) -> Result<usize, Failure> {
    let before = Instant(before);
    Ok(db!(tx, |c| diesel::delete(keys::table.filter(keys::at.lt(before))).execute(c))?)
}
