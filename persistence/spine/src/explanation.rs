//! The explanations kept with a thing: why it came to be as it is. `[REG-6]`

use super::{Connection, Failure, Instant, Key, Reader, db, insert_all, ledger::Deeds};
use crate::schema::explanations;
use diesel::prelude::*;
use domain::spine::{Explanation, Timestamp};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

#[derive(Insertable)]
#[diesel(table_name = explanations, treat_none_as_default_value = false)]
struct Row<'a> {
    id: Key,
    entity_kind: &'a str,
    entity: Key,
    decision: &'a str,
    rule: &'a str,
    citation: String,
    facts: String,
    at: Instant,
}

/// Writes the explanations of these units.
pub(super) fn append(connection: &mut Connection, all: &[Deeds]) -> Result<(), Failure> {
    let mut rows = Vec::new();
    for deeds in all {
        for record in &deeds.records {
            for (id, Explanation { decision, citation, facts }) in &record.explained {
                rows.push(Row {
                    id: Key(*id),
                    entity_kind: record.kind,
                    entity: Key(record.entity),
                    decision,
                    rule: &citation.rule,
                    citation: serde_json::to_string(citation)?,
                    facts: serde_json::to_string(facts)?,
                    at: deeds.at,
                });
            }
        }
    }
    insert_all!(connection, explanations::table, &rows);
    Ok(())
}

/// One automatic decision and what it rests on.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = ExplanationOfDecision)]
pub struct ExplanationView {
    /// When it was decided.
    pub at: Timestamp,
    /// What was decided, by which rule, policy version and clause, on which facts.
    pub explanation: Explanation,
}

/// Everything that was decided automatically about a thing, oldest first. The caller has made sure that
/// whoever asks may read the thing.
pub fn explanations_of(reader: &mut Reader<'_>, entity: Uuid) -> Result<Vec<ExplanationView>, Failure> {
    const MOST: i64 = 1_000;
    type Row = (Instant, String, String, String);
    let rows: Vec<Row> = db!(reader, |c| explanations::table
        .filter(explanations::entity.eq(Key(entity)))
        .order(explanations::id)
        .limit(MOST)
        .select((explanations::at, explanations::decision, explanations::citation, explanations::facts))
        .load(c))?;
    rows.into_iter()
        .map(|(at, decision, citation, facts)| {
            let citation = serde_json::from_str(&citation)?;
            let facts = serde_json::from_str(&facts)?;
            Ok(ExplanationView { at: at.into(), explanation: Explanation { decision, citation, facts } })
        })
        .collect()
}
