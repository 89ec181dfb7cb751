//! The one way to write: apply a change. Row, audit, event and explanations go together.

use super::{Failure, Key, Master, Tx};
use domain::spine::{Change, Entity, Explanation, Happening};
use indexmap::IndexMap;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use uuid::Uuid;

/// An entity that knows its rows. `Wing` is the wing that keeps it, a type of that crate: so a wing can say of an entity of
/// the domain how it is stored, though neither trait nor entity are its own. An entity is kept by one wing, so nobody
/// need name it.
pub trait Stored<Wing>: Entity {
    /// Which kind of master data it is, where it is kept in memory (see [`super::master`]).
    const MASTER: Option<Master> = None;
    /// Members that are lists and grow with every deed: the audit keeps the items of them that differ, by their
    /// places, since all of them once more with each deed would weigh ever more.
    const GROWING: &'static [&'static str] = &[];

    /// Writes the rows of the new state. With a state before, the main row is updated under the guard of
    /// its version (see [`save_row`]).
    fn save(&self, before: Option<&Self>, tx: &mut Tx<'_>) -> Result<(), Failure>;
}

/// What is kept of an applied change until the end of the unit of work.
pub(super) struct Record {
    pub kind: &'static str,
    pub entity: Uuid,
    pub version: i64,
    /// What the audit keeps of the states, as JSON.
    pub before: Option<String>,
    pub after: String,
    pub happened: Vec<Happening>,
    /// Whether the feed tells of it.
    pub is_published: bool,
    /// On whose behalf, where somebody acted for another.
    pub on_behalf_of: Option<Key>,
    /// Its explanations with the ids of their rows.
    pub explained: Vec<(Uuid, Explanation)>,
}

impl Record {
    /// What the feed tells of it.
    pub fn published(&self) -> &[Happening] {
        if self.is_published { &self.happened } else { &[] }
    }
}

/// An update guarded by a version touched this many rows: none means the row moved meanwhile.
pub fn guard(touched: usize) -> Result<(), Failure> {
    if touched == 0 { Err(Failure::Moved) } else { Ok(()) }
}

/// Writes the main row of an entity, inserted or, guarded by the version of the state before, updated:
/// `guard(save_row!(tx, table, &row, before)?)`. Says how many rows it touched.
#[macro_export]
macro_rules! save_row {
    ($on:expr, $table:ident, $row:expr, $before:expr) => {
        match $before {
            None => {
                let insert = $crate::spine::cached(diesel::insert_into($table::table).values($row));
                $crate::spine::db!($on, |c| insert.execute(c))
            }
            Some(before) => {
                let mine = $table::id.eq($row.id).and($table::version.eq(before.version));
                let update = $crate::spine::cached(diesel::update($table::table.filter(mine)).set($row));
                $crate::spine::db!($on, |c| update.execute(c))
            }
        }
    };
}

impl Tx<'_> {
    /// Writes a change: its rows now; its explanations, audit and events at the end of this unit of work.
    pub fn apply<E: Stored<W>, W>(&mut self, change: Change<E>) -> Result<E, Failure> {
        let after = change.after();
        if let Some(kind) = E::MASTER {
            self.master_changes(kind);
        }
        after.save(change.before(), self)?;
        let (before, snapshot) = differences(change.before(), after, E::GROWING)?;
        let explained = change.explanations().iter();
        let explained = explained.map(|one| (self.ids().fresh(), one.clone())).collect();
        self.records.push(Record {
            kind: E::KIND,
            entity: after.uuid(),
            version: after.version(),
            before,
            after: snapshot,
            happened: change.happened().to_vec(),
            is_published: E::IS_PUBLISHED,
            on_behalf_of: change.on_behalf_of().map(Key::from),
            explained,
        });
        Ok(change.into_after())
    }
}

/// What the audit keeps: all of a new entity; of a changed one, the members that differ.
fn differences<E: Entity>(
    before: Option<&E>,
    after: &E,
    growing: &[&str],
) -> Result<(Option<String>, String), Failure> {
    let after = serde_json::to_string(after)?;
    let Some(before) = before else { return Ok((None, after)) };
    let before = serde_json::to_string(before)?;
    let (old, new): (Members<'_>, Members<'_>) =
        (serde_json::from_str(&before)?, serde_json::from_str(&after)?);
    Ok((Some(old.unlike(&new, growing)?), new.unlike(&old, growing)?))
}

/// The members of an object in its own order, each as its text: what is the same has the same text, since it was
/// written by the same type.
#[derive(Deserialize)]
#[serde(transparent)]
struct Members<'a>(#[serde(borrow)] IndexMap<&'a str, &'a RawValue>);

impl Members<'_> {
    fn text(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(|value| value.get())
    }

    /// Those that are others in the other state.
    fn unlike(&self, other: &Self, growing: &[&str]) -> serde_json::Result<String> {
        let unlike = self.0.iter().filter(|(name, value)| other.text(name) != Some(value.get()));
        let kept = unlike.map(|(name, value)| match other.text(name) {
            Some(others) if growing.contains(name) => {
                Ok((*name, Member::Items(items_unlike(value, others)?)))
            }
            _ => Ok((*name, Member::Whole(value))),
        });
        serde_json::to_string(&kept.collect::<serde_json::Result<IndexMap<_, _>>>()?)
    }
}

/// The items of a list that differ from those of another in the same place, by their places.
fn items_unlike<'a>(items: &'a RawValue, others: &str) -> serde_json::Result<IndexMap<usize, &'a RawValue>> {
    let items: Vec<&RawValue> = serde_json::from_str(items.get())?;
    let others: Vec<&RawValue> = serde_json::from_str(others)?;
    let other = |place: usize| others.get(place).map(|item| item.get());
    Ok(items.into_iter().enumerate().filter(|(place, item)| other(*place) != Some(item.get())).collect())
}

/// A member as the audit keeps it.
#[derive(Serialize)]
#[serde(untagged)]
enum Member<'a> {
    Whole(&'a RawValue),
    Items(IndexMap<usize, &'a RawValue>),
}
