//! The audit trail: append-only, chained by hashes, verifiable. `[AUD-1]`
//!
//! What a change contained is hashed with a salt of its own and the chain runs over that digest: a
//! person's data can later be erased from an entry (content and salt) without breaking the chain.

use super::{
    Connection, Failure, Instant, Key, Reader, Spine, Stored, Tx, apply::Record, db, insert_all,
    ledger::Deeds,
};
use crate::schema::{audit_entries as entries, ledger_head};
use diesel::prelude::*;
use domain::spine::{Entity, Erasure, EventKind, IdSource, Notice};
use serde::Serialize;
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;
use uuid::Uuid;

/// An entry as it is kept.
#[derive(Insertable, Queryable, Selectable, Clone)]
#[diesel(table_name = entries, treat_none_as_default_value = false)]
pub struct Row {
    pub sequence: i64,
    pub at: Instant,
    pub actor: Key,
    pub actor_name: String,
    pub action: String,
    pub entity_kind: String,
    pub entity: Key,
    pub entity_version: i64,
    pub before: Option<String>,
    pub after: Option<String>,
    pub salt: Option<Vec<u8>>,
    pub request: String,
    pub origin: Option<String>,
    pub content_hash: Vec<u8>,
    pub hash: Vec<u8>,
    pub on_behalf_of: Option<Key>,
}

/// Appends the entries of these units, and returns the hash of the last one.
pub(super) fn append(
    connection: &mut Connection,
    ids: &dyn IdSource,
    before: i64,
    mut previous: Vec<u8>,
    all: &[Deeds],
) -> Result<Vec<u8>, Failure> {
    let records = all.iter().flat_map(|deeds| deeds.records.iter().map(move |record| (deeds, record)));
    let mut rows = Vec::new();
    for (sequence, (deeds, record)) in (before + 1..).zip(records) {
        let row = entry(ids, sequence, deeds, record, &previous);
        previous.clone_from(&row.hash);
        rows.push(row);
    }
    insert_all!(connection, entries::table, &rows);
    Ok(previous)
}

fn entry(ids: &dyn IdSource, sequence: i64, deeds: &Deeds, record: &Record, previous: &[u8]) -> Row {
    let names: Vec<&str> = record.happened.iter().map(|happening| happening.kind.name).collect();
    let mut row = Row {
        sequence,
        at: deeds.at,
        actor: deeds.actor,
        actor_name: deeds.actor_name.clone(),
        action: names.join(" "),
        entity_kind: record.kind.to_owned(),
        entity: Key(record.entity),
        entity_version: record.version,
        before: record.before.clone(),
        after: Some(record.after.clone()),
        salt: Some(ids.fresh().as_bytes().to_vec()),
        request: deeds.request.clone(),
        origin: deeds.origin.clone(),
        content_hash: Vec::new(),
        hash: Vec::new(),
        on_behalf_of: record.on_behalf_of,
    };
    row.content_hash = row.digest_content();
    row.hash = row.digest(previous);
    row
}

impl Row {
    fn digest_content(&self) -> Vec<u8> {
        let mut hasher = Sha256::new();
        hasher.update(self.salt.as_deref().unwrap_or_default());
        hasher.update(self.before.as_deref().unwrap_or_default());
        hasher.update([0]);
        hasher.update(self.after.as_deref().unwrap_or_default());
        hasher.finalize().to_vec()
    }

    fn digest(&self, previous: &[u8]) -> Vec<u8> {
        let facts = serde_json::json!([
            self.sequence,
            self.at.0.micros(),
            self.actor.0,
            self.actor_name,
            self.action,
            self.entity_kind,
            self.entity.0,
            self.entity_version,
            self.request,
            self.origin,
            hex::encode(&self.content_hash),
            self.on_behalf_of.map(|whom| whom.0),
        ]);
        let mut hasher = Sha256::new();
        hasher.update(previous);
        hasher.update(facts.to_string());
        hasher.finalize().to_vec()
    }

    /// Whether the entry says what it said when it was written. An erased content cannot be compared; it must
    /// be gone altogether, or a content of somebody's own would stand in its place.
    fn is_intact(&self, previous: &[u8]) -> bool {
        let content = match self.salt {
            Some(_) => self.content_hash == self.digest_content(),
            None => self.before.is_none() && self.after.is_none(),
        };
        content && self.hash == self.digest(previous)
    }
}

/// What verifying the trail found.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct AuditVerdict {
    /// How many entries were read.
    pub entries: i64,
    /// The first entry that was altered, or in whose place one is missing.
    pub broken_at: Option<i64>,
    /// Entries whose content is gone although no entry tells of its erasure.
    pub erased_untold: BTreeSet<i64>,
}

impl AuditVerdict {
    /// Whether the trail is whole, but for what was erased and told of.
    pub fn is_sound(&self) -> bool {
        self.broken_at.is_none() && self.erased_untold.is_empty()
    }
}

/// Erases what the trail says of a thing (content and salt) and leaves an entry that tells of it; answers how
/// many entries were emptied. Where content had vanished untold, that is told of now.
pub fn erase_content(tx: &mut Tx<'_>, entity: Uuid, reason: String) -> Result<usize, Failure> {
    let told: Vec<(i64, String)> = db!(tx, |c| entries::table
        .filter(entries::entity.eq(Key(entity)))
        .order(entries::sequence)
        .select((entries::sequence, entries::entity_kind))
        .load(c))?;
    let Some((_, kind)) = told.first() else { return Err(Failure::NotFound) };
    let sequences = told.iter().map(|(sequence, _)| *sequence).collect();
    let erased = tx.apply(Erasure::of(tx.id(), (kind.as_str(), entity), sequences, reason)?)?;
    Ok(erased.entries.len())
}

impl Stored<Spine> for Erasure {
    fn save(&self, _before: Option<&Self>, tx: &mut Tx<'_>) -> Result<(), Failure> {
        let nothing = (
            entries::before.eq(None::<String>),
            entries::after.eq(None::<String>),
            entries::salt.eq(None::<Vec<u8>>),
        );
        let of_thing = entries::entity.eq(Key(self.entity));
        db!(tx, |c| diesel::update(entries::table.filter(of_thing)).set(nothing).execute(c))?;
        Ok(())
    }
}

impl Stored<Spine> for Notice {
    fn save(&self, _before: Option<&Self>, _: &mut Tx<'_>) -> Result<(), Failure> {
        Ok(())
    }
}

/// Leaves an entry of something by which nothing changed.
pub fn notice(
    tx: &mut Tx<'_>,
    kind: &'static EventKind,
    about: Option<Uuid>,
    facts: Value,
) -> Result<(), Failure> {
    let notice = Notice::of(tx.id(), kind, about, facts);
    tx.apply(notice).map(drop)
}

/// Takes what an entry says of erased entries off the list of those nothing was told of.
fn told_of(row: &Row, erased: &mut BTreeSet<i64>) {
    if row.salt.is_none() {
        erased.insert(row.sequence);
    }
    if row.entity_kind == Erasure::KIND {
        let said: Option<Value> = row.after.as_deref().and_then(|after| serde_json::from_str(after).ok());
        let named = said.iter().filter_map(|said| said["entries"].as_array()).flatten();
        for sequence in named.filter_map(Value::as_i64) {
            erased.remove(&sequence);
        }
    }
}

/// Reads the whole trail and proves that nothing was altered, inserted or removed, and nothing erased untold.
pub fn verify_audit(reader: &mut Reader<'_>) -> Result<AuditVerdict, Failure> {
    const STRIDE: i64 = 1_000;
    let mut previous: Vec<u8> = Vec::new();
    let mut last = 0;
    let mut erased = BTreeSet::new();
    loop {
        let rows: Vec<Row> = db!(reader, |c| entries::table
            .filter(entries::sequence.gt(last))
            .order(entries::sequence)
            .limit(STRIDE)
            .select(Row::as_select())
            .load(c))?;
        if rows.is_empty() {
            break;
        }
        for row in rows {
            if row.sequence != last + 1 || !row.is_intact(&previous) {
                return Ok(AuditVerdict { entries: last, broken_at: Some(last + 1), erased_untold: erased });
            }
            told_of(&row, &mut erased);
            last = row.sequence;
            previous = row.hash;
        }
    }
    let (sequence, hash) = db!(reader, |c| ledger_head::table
        .select((ledger_head::audit_sequence, ledger_head::audit_hash))
        .first::<(i64, Vec<u8>)>(c))?;
    let complete = sequence == last && hash == previous;
    let broken_at = if complete { None } else { Some(last + 1) };
    Ok(AuditVerdict { entries: last, broken_at, erased_untold: erased })
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::spine::Timestamp;

    fn row() -> Row {
        let key = Key(Uuid::from_u128(1));
        let mut row = Row {
            sequence: 1,
            at: Instant(Timestamp::from_micros(0).expect("an instant")),
            actor: key,
            actor_name: "王芳".into(),
            action: "employee.changed".into(),
            entity_kind: "employee".into(),
            entity: key,
            entity_version: 2,
            before: Some(r#"{"name":"李娜"}"#.into()),
            after: Some(r#"{"name":"李娜娜"}"#.into()),
            salt: Some(vec![7; 16]),
            request: "r".into(),
            origin: None,
            content_hash: Vec::new(),
            hash: Vec::new(),
            on_behalf_of: None,
        };
        row.content_hash = row.digest_content();
        row.hash = row.digest(&[]);
        row
    }

    #[test]
    fn an_entry_says_what_it_said_or_nothing() {
        assert!(row().is_intact(&[]));
        let erased = Row { before: None, after: None, salt: None, ..row() };
        assert!(erased.is_intact(&[]), "erasing a person does not break the chain");
        let altered = Row { after: Some("{}".into()), ..row() };
        assert!(!altered.is_intact(&[]));
        let replaced = Row { after: Some("{}".into()), salt: None, ..row() };
        assert!(!replaced.is_intact(&[]), "without its salt an entry has no content");
        assert!(!Row { actor_name: "赵强".into(), ..row() }.is_intact(&[]));
        assert!(!row().is_intact(&[1]));
        let whom = |n| Some(Key(Uuid::from_u128(n)));
        assert!(!Row { on_behalf_of: whom(2), ..row() }.is_intact(&[]), "nobody is named afterwards");
        let mut named = Row { on_behalf_of: whom(2), ..row() };
        named.hash = named.digest(&[]);
        assert!(named.is_intact(&[]));
        assert!(!Row { on_behalf_of: whom(3), ..named.clone() }.is_intact(&[]), "nor anybody else");
        assert!(!Row { on_behalf_of: None, ..named }.is_intact(&[]), "nor nobody any more");
    }
}
