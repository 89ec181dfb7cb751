//! The last act before a commit: audit and events of all its units of work, numbered and chained.
//!
//! The head of both ledgers is the last lock a transaction takes, so that no two can wait for each other
//! over it, and it is held for the shortest time: one lock for a whole group of units.

use super::{Connection, Failure, Instant, Key, Tx, apply::Record, audit, cached, db, event, explanation};
use crate::schema::ledger_head as head;
use diesel::prelude::*;
use domain::spine::IdSource;

/// What one unit of work leaves for the audit trail and the feed.
pub(super) struct Deeds {
    pub records: Vec<Record>,
    pub actor: Key,
    pub actor_name: String,
    pub at: Instant,
    pub request: String,
    pub origin: Option<String>,
}

impl Deeds {
    /// What a unit has done; nothing if it changed nothing.
    pub fn of(tx: &mut Tx<'_>) -> Option<Self> {
        let records = std::mem::take(&mut tx.records);
        (!records.is_empty()).then(|| Self {
            records,
            actor: tx.actor().user.into(),
            actor_name: tx.actor().name.clone(),
            at: tx.now().into(),
            request: tx.request_id().to_owned(),
            origin: tx.origin().map(str::to_owned),
        })
    }
}

/// Writes explanations, audit and events of these units in their order.
pub(super) fn seal(connection: &mut Connection, ids: &dyn IdSource, all: &[Deeds]) -> Result<(), Failure> {
    if all.is_empty() {
        return Ok(());
    }
    explanation::append(connection, all)?;
    let records = all.iter().flat_map(|deeds| &deeds.records);
    let (entries, events) = records
        .fold((0_i64, 0_usize), |(entries, events), record| (entries + 1, events + record.published().len()));
    let events = i64::try_from(events).map_err(Failure::fault)?;
    let (audit, previous_hash, event) = db!(connection, |c| cached(
        diesel::update(head::table)
            .set((
                head::audit_sequence.eq(head::audit_sequence + entries),
                head::event_sequence.eq(head::event_sequence + events),
            ))
            .returning((head::audit_sequence, head::audit_hash, head::event_sequence))
    )
    .get_result::<(i64, Vec<u8>, i64)>(c))?;
    let hash = audit::append(connection, ids, audit - entries, previous_hash, all)?;
    db!(connection, |c| cached(diesel::update(head::table).set(head::audit_hash.eq(hash))).execute(c))?;
    event::append(connection, ids, event - events, all)
}
