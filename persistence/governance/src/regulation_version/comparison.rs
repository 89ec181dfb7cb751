//! What a version changes of another, clause by clause. `[REG-1b]`

use super::{
    find,
    row::published_before,
    view::{ClauseView, EditionRef},
};
use crate::spine::{Failure, Reader, View};
use domain::{
    regulation::{ClauseChange, ClauseDifference, comparison::compare},
    regulation_version::{OTHER_REGULATION, RegulationVersion},
    spine::{Id, Refusal},
};
use serde::Serialize;
use utoipa::ToSchema;

/// What a version changes of another.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = RegulationComparison)]
pub struct ComparisonView {
    /// The earlier one; null for a first version.
    pub before: Option<EditionRef>,
    /// The later one.
    pub after: EditionRef,
    /// How many clauses say the same in the same place.
    #[schema(minimum = 0)]
    pub unchanged: usize,
    /// Every clause that does not: those of the later one in its order, then those that are gone.
    #[schema(max_items = 4000)]
    pub changes: Vec<ClauseDifferenceView>,
}

/// A clause before and after.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = ClauseDifference)]
pub struct ClauseDifferenceView {
    /// Its stable id.
    #[schema(max_length = 60, example = "9.3.5")]
    pub clause: String,
    /// What became of it.
    pub change: ClauseChange,
    /// As it was.
    pub before: Option<ClauseView>,
    /// As it is.
    pub after: Option<ClauseView>,
}

impl View for ComparisonView {}

impl From<ClauseDifference> for ClauseDifferenceView {
    fn from(difference: ClauseDifference) -> Self {
        let ClauseDifference { change, before, after } = difference;
        let either = after.as_ref().or(before.as_ref());
        Self {
            clause: either.map(|clause| clause.id.clone()).unwrap_or_default(),
            change,
            before: before.map(Into::into),
            after: after.map(Into::into),
        }
    }
}

/// What a version changes of another of the same regulation; of the last that was published before it where none is named.
///
/// # Errors
/// Not found where the caller may not see one; `regulation_version.other_regulation`.
pub fn view(
    reader: &mut Reader<'_>,
    id: Id<RegulationVersion>,
    with: Option<Id<RegulationVersion>>,
) -> Result<ComparisonView, Failure> {
    let after = find(reader, id)?;
    let before = match with {
        Some(with) => Some(find(reader, with)?),
        None => published_before(reader, after.regulation, after.edition)?,
    };
    if before.as_ref().is_some_and(|before| before.regulation != after.regulation) {
        return Err(Refusal::new(OTHER_REGULATION).into());
    }
    let was = before.as_ref().map_or(&[][..], |before| &before.text.clauses);
    let differences = compare(was, &after.text.clauses);
    let is_same = |difference: &ClauseDifference| difference.change == ClauseChange::Unchanged;
    Ok(ComparisonView {
        unchanged: differences.iter().filter(|difference| is_same(difference)).count(),
        changes: differences.into_iter().filter(|one| !is_same(one)).map(Into::into).collect(),
        before: before.as_ref().map(EditionRef::of),
        after: EditionRef::of(&after),
    })
}
