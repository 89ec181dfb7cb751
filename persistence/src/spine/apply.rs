//! The one way to write: apply a change. Row, audit, event and explanations go together.

use super::{Failure, Key, Tx};
use domain::spine::{Change, Entity, Explanation, Happening};
use serde::{Serialize, Serializer};
use serde_json::{Map, Value};
use uuid::Uuid;

/// An entity that knows its rows.
pub(crate) trait Stored: Entity {
    /// Whether it is master data, which is kept in memory (see [`super::master`]).
    const IS_MASTER: bool = false;
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
    /// On whose behalf, where somebody acted for another.
    pub on_behalf_of: Option<Key>,
    /// Its explanations with the ids of their rows.
    pub explained: Vec<(Uuid, Explanation)>,
}

/// An update guarded by a version touched this many rows: none means the row moved meanwhile.
pub(crate) fn guard(touched: usize) -> Result<(), Failure> {
    if touched == 0 { Err(Failure::Moved) } else { Ok(()) }
}

/// Writes the main row of an entity, inserted or, guarded by the version of the state before, updated:
/// `guard(save_row!(tx, table, &row, before)?)`. Says how many rows it touched.
macro_rules! save_row {
    ($on:expr, $table:ident, $row:expr, $before:expr) => {
        match $before {
            None => $crate::spine::db!($on, |c| diesel::insert_into($table::table).values($row).execute(c)),
            Some(before) => {
                let mine = $table::id.eq($row.id).and($table::version.eq(before.version));
                let update = $crate::spine::cached(diesel::update($table::table.filter(mine)).set($row));
                $crate::spine::db!($on, |c| update.execute(c))
            }
        }
    };
}
pub(crate) use save_row;

impl Tx<'_> {
    /// Writes a change: its rows now; its explanations, audit and events at the end of this unit of work.
    pub(crate) fn apply<E: Stored>(&mut self, change: Change<E>) -> Result<E, Failure> {
        let after = change.after();
        if E::IS_MASTER {
            self.master_changes();
        }
        after.save(change.before(), self)?;
        let (before, snapshot) = differences(change.before(), after)?;
        let explained = change.explanations().iter();
        let explained = explained.map(|one| (self.ids().fresh(), one.clone())).collect();
        self.records.push(Record {
            kind: E::KIND,
            entity: after.uuid(),
            version: after.version(),
            before,
            after: snapshot,
            happened: change.happened().to_vec(),
            on_behalf_of: change.on_behalf_of().map(Key::from),
            explained,
        });
        Ok(change.into_after())
    }
}

/// What the audit keeps: all of a new entity; of a changed one, the members that differ.
fn differences<E: Stored>(before: Option<&E>, after: &E) -> Result<(Option<String>, String), Failure> {
    let Some(before) = before else { return Ok((None, serde_json::to_string(after)?)) };
    let states = (serde_json::to_value(before)?, serde_json::to_value(after)?);
    let (Value::Object(old), Value::Object(new)) = states else {
        return Err(Failure::fault("an entity is not an object"));
    };
    Ok((Some(changed::<E>(&old, &new)?), changed::<E>(&new, &old)?))
}

/// The members of one state that are others in the other, borrowed, in the order of the entity's own.
fn changed<E: Stored>(one: &Map<String, Value>, other: &Map<String, Value>) -> serde_json::Result<String> {
    let members = one.iter().filter(|(name, value)| other.get(*name) != Some(value));
    let members = members.map(|(name, value)| match (value, other.get(name)) {
        (Value::Array(items), Some(Value::Array(others))) if E::GROWING.contains(&name.as_str()) => {
            (name, Member::Items(items, others))
        }
        _ => (name, Member::Whole(value)),
    });
    serde_json::to_string(&Members(members.collect()))
}

/// Some members of an object.
struct Members<'a>(Vec<(&'a String, Member<'a>)>);

/// A member as the audit keeps it.
#[derive(Clone, Copy)]
enum Member<'a> {
    Whole(&'a Value),
    /// The items of a list that differ from those of another in the same place.
    Items(&'a [Value], &'a [Value]),
}

impl Serialize for Member<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Whole(value) => value.serialize(to),
            Self::Items(items, others) => {
                let placed = items.iter().enumerate();
                to.collect_map(placed.filter(|(place, item)| others.get(*place) != Some(item)))
            }
        }
    }
}

impl Serialize for Members<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_map(self.0.iter().copied())
    }
}
