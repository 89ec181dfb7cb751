//! The feed: every change leaves its events in the same transaction, numbered without a gap in the
//! order of commits. `[INT-1]`

use super::{Connection, Failure, Instant, Key, Reader, db, insert_all, ledger::Deeds};
use crate::schema::events;
use diesel::prelude::*;
use domain::spine::{AnyId, IdSource, Timestamp};
use serde::Serialize;
use utoipa::ToSchema;

#[derive(Insertable)]
#[diesel(table_name = events, treat_none_as_default_value = false)]
struct NewEvent<'a> {
    sequence: i64,
    id: Key,
    kind: &'a str,
    entity_kind: &'a str,
    entity: Key,
    entity_version: i64,
    actor: Key,
    facts: String,
    at: Instant,
}

/// Appends the events of these units.
pub(super) fn append(
    connection: &mut Connection,
    ids: &dyn IdSource,
    before: i64,
    all: &[Deeds],
) -> Result<(), Failure> {
    let mut sequence = before;
    let mut rows = Vec::new();
    for (deeds, record) in
        all.iter().flat_map(|deeds| deeds.records.iter().map(move |record| (deeds, record)))
    {
        for happening in record.published() {
            sequence += 1;
            rows.push(NewEvent {
                sequence,
                id: Key(ids.fresh()),
                kind: happening.kind.name,
                entity_kind: record.kind,
                entity: Key(record.entity),
                entity_version: record.version,
                actor: deeds.actor,
                facts: happening.facts.to_string(),
                at: deeds.at,
            });
        }
    }
    insert_all!(connection, events::table, &rows);
    Ok(())
}

/// One event of the feed.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Event)]
pub struct EventView {
    /// Its place in the feed: without gaps, in the order of commits. Pass it as `after` to go on.
    #[schema(minimum = 1)]
    pub sequence: i64,
    /// Its identity; the same event never has two.
    pub id: AnyId,
    /// What happened.
    #[schema(example = "expense_claim.submitted", max_length = 100)]
    pub kind: String,
    /// The kind of thing it happened to.
    #[schema(example = "expense_claim", max_length = 60)]
    pub entity_kind: String,
    /// The thing it happened to.
    pub entity: AnyId,
    /// The version of the thing afterwards.
    #[schema(minimum = 1)]
    pub entity_version: i64,
    /// The account that did it.
    pub actor: AnyId,
    /// When.
    pub at: Timestamp,
    /// Its facts.
    #[schema(value_type = Object)]
    pub facts: serde_json::Value,
}

/// Which events are wanted.
#[derive(Clone, Debug, Default)]
pub struct EventFilter {
    /// Only those behind this place.
    pub after: i64,
    /// Only these kinds; all if empty.
    pub kinds: Vec<String>,
    /// Only those of one thing.
    pub entity: Option<uuid::Uuid>,
    /// At most this many.
    pub limit: i64,
}

/// The feed behind a place, in order; to whom everything is shown.
pub fn list_events(reader: &mut Reader<'_>, filter: &EventFilter) -> Result<Vec<EventView>, Failure> {
    reader.over_everything()?;
    type Row = (i64, Key, String, String, Key, i64, Key, Instant, String);
    let rows: Vec<Row> = db!(reader, |c| {
        let mut query = events::table
            .filter(events::sequence.gt(filter.after))
            .order(events::sequence)
            .limit(filter.limit)
            .select((
                events::sequence,
                events::id,
                events::kind,
                events::entity_kind,
                events::entity,
                events::entity_version,
                events::actor,
                events::at,
                events::facts,
            ))
            .into_boxed();
        if !filter.kinds.is_empty() {
            query = query.filter(events::kind.eq_any(&filter.kinds));
        }
        if let Some(entity) = filter.entity {
            query = query.filter(events::entity.eq(Key(entity)));
        }
        query.load(c)
    })?;
    rows.into_iter()
        .map(|(sequence, id, kind, entity_kind, entity, entity_version, actor, at, facts)| {
            let facts = serde_json::from_str(&facts)?;
            let (id, entity, actor, at) = (id.into(), entity.into(), actor.into(), at.into());
            Ok(EventView { sequence, id, kind, entity_kind, entity, entity_version, actor, at, facts })
        })
        .collect()
}
