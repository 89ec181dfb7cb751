//! What is suggested, and answered.

use super::{apply, load, row::Row};
use crate::{
    organisation::referred,
    regulation, regulation_version,
    schema::regulation_suggestions as suggestions,
    spine::{Failure, Key, Tx, db, next_number},
};
use diesel::prelude::*;
use domain::{
    regulation::Regulation,
    regulation_suggestion::{CLAUSE_UNKNOWN, NUMBER_PREFIX, RegulationSuggestion, SuggestionContent},
    regulation_version::RegulationVersion,
    spine::{Id, Refusal},
};

/// Makes a suggestion in the caller's name.
///
/// # Errors
/// Where the regulation is missing, or the text in force has no such clause.
pub fn file(
    tx: &mut Tx<'_>,
    to: Id<Regulation>,
    content: SuggestionContent,
) -> Result<RegulationSuggestion, Failure> {
    let (regulation, today) = (regulation::refer(tx, to, "/regulation_id")?, tx.today());
    if let Some(clause) = &content.clause {
        let in_force = regulation_version::in_force(tx, to, today)?;
        let clauses = in_force.map(|version| version.text.clauses).unwrap_or_default();
        if !clauses.iter().any(|known| known.id == *clause) {
            return Err(Refusal::new(CLAUSE_UNKNOWN).with("clause", clause.clone()).at("/clause").into());
        }
    }
    let number = next_number(tx, NUMBER_PREFIX)?;
    let (id, now) = (tx.id(), tx.now());
    let change = RegulationSuggestion::file((id, number), &regulation, content, tx.actor(), now)?;
    apply(tx, change)
}

/// Takes a suggestion up in a version that is being drafted.
///
/// # Errors
/// Where it was answered, or the version is missing or of another regulation.
pub fn adopt(
    tx: &mut Tx<'_>,
    suggestion: RegulationSuggestion,
    draft: Id<RegulationVersion>,
) -> Result<RegulationSuggestion, Failure> {
    suggestion.may_answer()?;
    let draft = referred(regulation_version::find(tx, draft), "/version_id")?;
    let now = tx.now();
    let adopted = apply(tx, suggestion.adopt(&draft, now)?)?;
    // A version that is published already is in force with it.
    match adopted.clone().come_into_force(now).filter(|_| draft.publication.is_some()) {
        Some(change) => apply(tx, change),
        None => Ok(adopted),
    }
}

/// Joins a suggestion to another that says the same.
///
/// # Errors
/// Where it was answered, or the other is missing, itself, or of another regulation.
pub fn join(
    tx: &mut Tx<'_>,
    suggestion: RegulationSuggestion,
    to: Id<RegulationSuggestion>,
) -> Result<RegulationSuggestion, Failure> {
    let other = referred(load(tx, to), "/suggestion_id")?;
    let now = tx.now();
    let change = suggestion.join(&other, now)?;
    apply(tx, change)
}

/// A version was published: what was taken up in it is in force.
///
/// # Errors
/// Where the database fails.
pub fn come_into_force(tx: &mut Tx<'_>, draft: Id<RegulationVersion>) -> Result<(), Failure> {
    let (key, now) = (Key::from(draft), tx.now());
    let rows: Vec<Row> = db!(tx, |c| suggestions::table
        .filter(suggestions::draft_id.eq(key).and(suggestions::status.eq("adopted")))
        .order(suggestions::id)
        .select(Row::as_select())
        .load(c))?;
    for row in rows {
        if let Some(change) = RegulationSuggestion::try_from(row)?.come_into_force(now) {
            apply(tx, change)?;
        }
    }
    Ok(())
}
