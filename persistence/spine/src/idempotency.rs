//! The same request twice has one effect and one answer. `[INT-2]`
//!
//! The keys of a group of units are looked for before anything else, in one query. Their answers are written with
//! the keys just before the commit, in one statement; the unique key lets exactly one of two units that run
//! at once on different connections through, and the other is done again and finds the answer.

use super::{
    Connection, Failure, Instant, Key, Request, StoredAnswer, Tx,
    access::{Marks, marks},
    cached, db, insert_missing, padded,
};
use crate::schema::{access_epoch, idempotency_keys as keys};
use chrono::Duration;
use diesel::prelude::*;
use domain::spine::{Timestamp, UserId};
use std::collections::{BTreeSet, HashMap};

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

/// What stands under a key: its fingerprint and the answer it led to.
pub(super) type Known = (String, i32, Option<String>, Option<String>, Option<Vec<u8>>, Instant);

/// An answer that is kept with its key.
#[derive(Insertable)]
#[diesel(table_name = keys, treat_none_as_default_value = false)]
pub(super) struct Kept<'a> {
    caller: Key,
    key: &'a str,
    fingerprint: &'a str,
    status: i32,
    etag: Option<&'a str>,
    location: Option<&'a str>,
    body: &'a [u8],
    at: Instant,
}

impl<'a> Kept<'a> {
    pub fn of(caller: UserId, sent: &'a IdempotencyKey, answer: &'a StoredAnswer, at: Instant) -> Self {
        Self {
            caller: caller.into(),
            key: &sent.key,
            fingerprint: &sent.fingerprint,
            status: answer.status.into(),
            etag: answer.etag.as_deref(),
            location: answer.location.as_deref(),
            body: &answer.body,
            at,
        }
    }
}

/// The marks, and one of the keys that were looked for, with what stands under it.
type Begun = (i64, i64, Option<(Key, String, Known)>);

/// What units of work begin with: the marks, and what stands under the keys of their requests.
pub(super) struct Outset {
    /// The marks, as the units that are done so far leave them.
    pub marks: Marks,
    known: HashMap<(Key, String), Known>,
}

impl Outset {
    /// Asked for all requests of a group in one query, inside their transaction: each of them came in before the
    /// transaction began.
    pub fn of<'r>(
        connection: &mut Connection,
        requests: impl IntoIterator<Item = &'r Request>,
    ) -> Result<Self, Failure> {
        let sent: Vec<(Key, &str)> = requests.into_iter().filter_map(caller_and_key).collect();
        let (callers, sent): (BTreeSet<Key>, BTreeSet<&str>) = sent.into_iter().unzip();
        let (callers, sent) = (padded(&Vec::from_iter(callers)), padded(&Vec::from_iter(sent)));
        if sent.is_empty() {
            return Ok(Self { marks: marks(connection)?, known: HashMap::new() });
        }
        let of_these = keys::caller.eq_any(&callers).and(keys::key.eq_any(&sent));
        let rows: Vec<Begun> = db!(connection, |c| cached(
            access_epoch::table.left_join(keys::table.on(of_these)).select((
                access_epoch::epoch,
                access_epoch::master_revision,
                (
                    keys::caller,
                    keys::key,
                    (keys::fingerprint, keys::status, keys::etag, keys::location, keys::body, keys::at),
                )
                    .nullable(),
            ))
        )
        .load(c))?;
        let mut outset = Self { marks: Marks::default(), known: HashMap::new() };
        for (epoch, revision, found) in rows {
            outset.marks = Marks { epoch, revision };
            outset.known.extend(found.map(|(caller, key, known)| ((caller, key), known)));
        }
        Ok(outset)
    }

    /// What stands under the key of a request.
    pub fn take(&mut self, request: &Request) -> Option<Known> {
        let (caller, key) = caller_and_key(request)?;
        self.known.remove(&(caller, key.to_owned()))
    }
}

/// Who sent which key.
fn caller_and_key(request: &Request) -> Option<(Key, &str)> {
    let sent = request.key()?;
    Some((request.principal.actor.user.into(), &sent.key))
}

/// The answer a key has led to. One that has expired is as good as a new one, and is forgotten.
pub(super) fn replay(
    tx: &mut Tx<'_>,
    sent: &IdempotencyKey,
    (fingerprint, status, etag, location, body, at): Known,
) -> Result<Option<StoredAnswer>, Failure> {
    if at < Instant(tx.now().plus(Duration::hours(-sent.kept_hours))) {
        let mine = keys::caller.eq(Key::from(tx.actor().user)).and(keys::key.eq(&sent.key));
        db!(tx, |c| diesel::delete(keys::table.filter(mine.and(keys::at.eq(at)))).execute(c))?;
        return Ok(None);
    }
    if fingerprint != sent.fingerprint {
        return Err(Failure::KeyReused);
    }
    let status = u16::try_from(status).map_err(Failure::fault)?;
    Ok(Some(StoredAnswer { status, etag, location, body: body.unwrap_or_default() }))
}

/// Keeps the answers of a group of units, in the transaction of their effects. Where another transaction holds
/// one of the keys this waits for its end, and the group is done again if that one was first.
pub(super) fn keep(connection: &mut Connection, mut all: Vec<Kept<'_>>) -> Result<(), Failure> {
    // In one order, so that two groups never wait for each other.
    all.sort_unstable_by_key(|kept| (kept.caller, kept.key));
    let written: usize = insert_missing!(connection, keys::table, &all);
    if written == all.len() { Ok(()) } else { Err(Failure::Moved) }
}

/// Forgets answers older than this instant; returns how many.
pub fn forget(tx: &mut Tx<'_>, before: Timestamp) -> Result<usize, Failure> {
    let before = Instant(before);
    Ok(db!(tx, |c| diesel::delete(keys::table.filter(keys::at.lt(before))).execute(c))?)
}
