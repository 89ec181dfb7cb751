//! The explanations kept with a thing: why it came to be as it is. `[REG-6]`

use super::{Failure, Instant, Key, Reader, db};
use crate::schema::explanations;
use diesel::prelude::*;
use domain::spine::{Explanation, Timestamp};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

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
