//! The one way to write: apply a change. Row, audit, event and explanations go together.

use super::{Failure, Instant, Key, Tx, insert_all};
use crate::schema::explanations;
use diesel::prelude::*;
use domain::spine::{Change, Entity, Explanation, Happening};
use serde_json::{Map, Value};
use uuid::Uuid;

/// An entity that knows its rows.
pub(crate) trait Stored: Entity {
    /// Whether it is master data, which is kept in memory (see [`super::master`]).
    const IS_MASTER: bool = false;

    /// Writes the rows of the new state. With a state before, the main row is updated under the guard of
    /// its version (see [`guard`]).
    fn save(&self, before: Option<&Self>, tx: &mut Tx<'_>) -> Result<(), Failure>;
}

/// What is kept of an applied change until the end of the unit of work.
pub(super) struct Record {
    pub kind: &'static str,
    pub entity: Uuid,
    pub version: i64,
    pub before: Option<Value>,
    pub after: Value,
    pub happened: Vec<Happening>,
}

/// An update guarded by a version touched this many rows: none means the row moved meanwhile.
pub(crate) fn guard(touched: usize) -> Result<(), Failure> {
    if touched == 0 { Err(Failure::Moved) } else { Ok(()) }
}

impl Tx<'_> {
    /// Writes a change: its rows now; its audit and events at the end of this unit of work.
    pub(crate) fn apply<E: Stored>(&mut self, change: Change<E>) -> Result<E, Failure> {
        let after = change.after();
        if E::IS_MASTER {
            self.master_changes();
        }
        after.save(change.before(), self)?;
        let (before, snapshot) = differences(change.before(), after)?;
        self.records.push(Record {
            kind: E::KIND,
            entity: after.uuid(),
            version: after.version(),
            before,
            after: snapshot,
            happened: change.happened().to_vec(),
        });
        explain(self, E::KIND, after.uuid(), change.explanations())?;
        Ok(change.into_after())
    }
}

/// What the audit keeps: all of a new entity; of a changed one, the members that differ.
fn differences<E: Entity>(before: Option<&E>, after: &E) -> Result<(Option<Value>, Value), Failure> {
    let after = serde_json::to_value(after)?;
    let Some(before) = before else { return Ok((None, after)) };
    let before = serde_json::to_value(before)?;
    let (Value::Object(old), Value::Object(new)) = (before, after) else {
        return Err(Failure::fault("an entity is not an object"));
    };
    let changed = |one: &Map<String, Value>, other: &Map<String, Value>| {
        let members = one.iter().filter(|(name, value)| other.get(*name) != Some(value));
        Value::Object(members.map(|(name, value)| (name.clone(), value.clone())).collect())
    };
    Ok((Some(changed(&old, &new)), changed(&new, &old)))
}

#[derive(Insertable)]
#[diesel(table_name = explanations, treat_none_as_default_value = false)]
struct ExplanationRow<'a> {
    id: Key,
    entity_kind: &'a str,
    entity: Key,
    decision: &'a str,
    rule: &'a str,
    citation: String,
    facts: String,
    at: Instant,
}

fn explain(tx: &mut Tx<'_>, kind: &str, entity: Uuid, explanations: &[Explanation]) -> Result<(), Failure> {
    let at = tx.now().into();
    let rows = explanations
        .iter()
        .map(|explanation| {
            Ok(ExplanationRow {
                id: Key(tx.ids().fresh()),
                entity_kind: kind,
                entity: Key(entity),
                decision: &explanation.decision,
                rule: &explanation.citation.rule,
                citation: serde_json::to_string(&explanation.citation)?,
                facts: serde_json::to_string(&explanation.facts)?,
                at,
            })
        })
        .collect::<Result<Vec<_>, Failure>>()?;
    insert_all!(tx, explanations::table, &rows);
    Ok(())
}
