//! What whoever keeps a stream open is told of the feed: thin lines, each for the one place where it is listened to. Nobody
//! is told what a thing says, only that there is something: whoever wants more asks for it, and is shown what they may see.
//! `[NOT-3a]`

use super::{EventFilter, EventView, Failure, Reader, db, list_events};
use crate::schema::{events, ledger_head};
use diesel::prelude::*;
use domain::spine::{AnyId, EventKind, Timestamp, Version};
use serde::Serialize;
use std::collections::BTreeSet;
use utoipa::ToSchema;
use uuid::Uuid;

/// So many events are read at once.
const EVENTS_AT_ONCE: i64 = 500;
/// Whoever missed more of the feed than this is not told of it one by one.
const GAP_MAX: i64 = 20_000;
/// Whoever missed more of their own than this is not told of it one by one.
pub const MISSED_MAX: usize = 1_000;

/// What a noun registers, so that of its events those are told whom they concern.
pub struct Tidings {
    /// The kinds of event it tells of.
    pub kinds: &'static [&'static EventKind],
    /// For whom each of these events is: a line for each place where it may be listened to.
    pub told: fn(&mut Reader<'_>, &[EventView]) -> Result<Vec<Tiding>, Failure>,
}

/// One line of a stream: that something happened, and to what.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, ToSchema)]
pub struct Tiding {
    /// Where it is listened to: an employee, a site.
    #[serde(skip)]
    pub to: Uuid,
    /// Its place in the feed, which is also the `id` of the message.
    #[schema(minimum = 1)]
    pub sequence: i64,
    /// What happened.
    #[schema(example = "notice.reminded", max_length = 100)]
    pub kind: String,
    /// The kind of thing it happened to.
    #[schema(example = "notice", max_length = 60)]
    pub entity_kind: String,
    /// The thing it happened to: ask for it.
    pub entity: AnyId,
    /// The version of the thing afterwards; null where that is not told.
    #[schema(minimum = 1)]
    pub version: Option<Version>,
    /// When.
    pub at: Timestamp,
}

impl Tiding {
    /// An event, for whoever listens there.
    pub fn of(event: &EventView, to: impl Into<Uuid>) -> Self {
        Self {
            to: to.into(),
            sequence: event.sequence,
            kind: event.kind.clone(),
            entity_kind: event.entity_kind.clone(),
            entity: event.entity,
            version: Some(event.entity_version),
            at: event.at,
        }
    }

    /// The same about what the listener knows it by.
    #[must_use]
    pub fn about(self, entity_kind: &str, entity: impl Into<Uuid>) -> Self {
        let entity = AnyId::from(entity.into());
        Self { entity_kind: entity_kind.to_owned(), entity, version: None, ..self }
    }
}

/// What stands behind a place of the feed.
pub struct Heard {
    /// How far the feed was read.
    pub until: i64,
    /// Whether there was more to be read.
    pub has_more: bool,
    /// What is told of it, in its order.
    pub tidings: Vec<Tiding>,
}

/// The last place of the feed.
///
/// # Errors
/// Where the database fails.
pub fn feed_head(reader: &mut Reader<'_>) -> Result<i64, Failure> {
    Ok(db!(reader, |c| ledger_head::table.select(ledger_head::event_sequence).get_result(c))?)
}

/// What is told of the feed behind a place, as far as one reading goes.
///
/// # Errors
/// Where the database fails.
pub fn hear(reader: &mut Reader<'_>, after: i64) -> Result<Heard, Failure> {
    let head = feed_head(reader)?;
    if head <= after {
        return Ok(Heard { until: after, has_more: false, tidings: Vec::new() });
    }
    let parts: Vec<&Tidings> = reader.house().all().collect();
    let known = parts.iter().flat_map(|part| part.kinds).map(|kind| kind.name.to_owned());
    let filter = EventFilter { after, kinds: known.collect(), entity: None, limit: EVENTS_AT_ONCE };
    let events = list_events(reader, &filter)?;
    let has_more = i64::try_from(events.len()).is_ok_and(|read| read == EVENTS_AT_ONCE);
    let until = events.last().filter(|_| has_more).map_or(head, |event| event.sequence);
    let mut tidings = Vec::new();
    for part in parts {
        let wanted = |event: &&EventView| part.kinds.iter().any(|kind| kind.name == event.kind);
        let mine: Vec<EventView> = events.iter().filter(wanted).cloned().collect();
        if !mine.is_empty() {
            tidings.extend((part.told)(reader, &mine)?);
        }
    }
    tidings.sort_by_key(|tiding| (tiding.sequence, tiding.to));
    // One message an event: its id is where a listener goes on, and the second of two would be lost there.
    tidings.dedup_by_key(|tiding| (tiding.sequence, tiding.to));
    Ok(Heard { until, has_more, tidings })
}

/// What whoever listens there missed behind a place, and the last place of the feed. Nothing can be said of it where that was
/// too long ago or too much, or where the feed does not reach back so far.
///
/// # Errors
/// Where the database fails.
pub fn missed(
    reader: &mut Reader<'_>,
    after: i64,
    to: Uuid,
    since: Timestamp,
) -> Result<(i64, Option<Vec<Tiding>>), Failure> {
    let head = feed_head(reader)?;
    if after == head {
        return Ok((head, Some(Vec::new())));
    }
    if after > head || head - after > GAP_MAX {
        return Ok((head, None));
    }
    let next = after + 1;
    let first: Option<super::Instant> = db!(reader, |c| events::table
        .filter(events::sequence.eq(next))
        .select(events::at)
        .first(c)
        .optional())?;
    if first.map(Timestamp::from).is_none_or(|at| at < since) {
        return Ok((head, None));
    }
    let (mut all, mut after) = (Vec::new(), after);
    loop {
        let heard = hear(reader, after)?;
        all.extend(heard.tidings.into_iter().filter(|tiding| tiding.to == to));
        after = heard.until;
        if all.len() > MISSED_MAX {
            return Ok((head, None));
        }
        if !heard.has_more {
            return Ok((head, Some(all)));
        }
    }
}

/// The events by what they are about, as keys.
pub fn entities(events: &[EventView]) -> BTreeSet<Uuid> {
    events.iter().map(|event| event.entity.uuid()).collect()
}
