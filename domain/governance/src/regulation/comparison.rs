//! What a version changes of another, clause by clause, by their stable ids. `[REG-1b]`

use super::Clause;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use utoipa::ToSchema;

/// What became of a clause.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ClauseChange {
    /// It says the same in the same place.
    Unchanged,
    /// It says something else, or binds where it did not.
    Edited,
    /// It says the same under another number or in another place.
    Moved,
    /// It was not there.
    New,
    /// It is not there any more.
    Gone,
}

crate::labels! { ClauseChange = "ClauseChange":
    Unchanged = "unchanged", "未变", "Unchanged";
    Edited = "edited", "修改", "Edited";
    Moved = "moved", "移动", "Moved";
    New = "new", "新增", "New";
    Gone = "gone", "删除", "Gone";
}

/// A clause before and after.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ClauseDifference {
    /// What became of it.
    pub change: ClauseChange,
    /// As it was.
    pub before: Option<Clause>,
    /// As it is.
    pub after: Option<Clause>,
}

/// Every clause of two texts: those of the later in its order, then those that are gone.
pub fn compare(before: &[Clause], after: &[Clause]) -> Vec<ClauseDifference> {
    let places: BTreeMap<&str, usize> =
        before.iter().enumerate().map(|(place, clause)| (clause.id.as_str(), place)).collect();
    let common: Vec<usize> =
        after.iter().filter_map(|clause| places.get(clause.id.as_str()).copied()).collect();
    let in_order = longest_rising(&common);
    let mut differences: Vec<ClauseDifference> = Vec::with_capacity(after.len());
    for clause in after {
        let place = places.get(clause.id.as_str()).copied();
        let was = place.and_then(|place| before.get(place));
        let change = match (was, place) {
            (Some(was), _) if says_otherwise(was, clause) => ClauseChange::Edited,
            (Some(was), Some(place)) => {
                let moved =
                    was.parent != clause.parent || was.number != clause.number || !in_order.contains(&place);
                if moved { ClauseChange::Moved } else { ClauseChange::Unchanged }
            }
            _ => ClauseChange::New,
        };
        differences.push(ClauseDifference { change, before: was.cloned(), after: Some(clause.clone()) });
    }
    let kept: BTreeSet<&str> = after.iter().map(|clause| clause.id.as_str()).collect();
    let gone = before.iter().filter(|clause| !kept.contains(clause.id.as_str()));
    differences.extend(gone.map(|clause| ClauseDifference {
        change: ClauseChange::Gone,
        before: Some(clause.clone()),
        after: None,
    }));
    differences
}

fn says_otherwise(was: &Clause, is: &Clause) -> bool {
    was.text != is.text || was.binding != is.binding || was.kind != is.kind
}

/// The places of the longest part that kept its order: whatever stands outside was moved, so that as few as possible are.
fn longest_rising(places: &[usize]) -> BTreeSet<usize> {
    // Patience sorting: the tops of the piles, and for each place what lies before it.
    let mut tops: Vec<usize> = Vec::new();
    let mut before: BTreeMap<usize, Option<usize>> = BTreeMap::new();
    for place in places {
        let pile = tops.partition_point(|top| top < place);
        before.insert(*place, pile.checked_sub(1).and_then(|pile| tops.get(pile)).copied());
        match tops.get_mut(pile) {
            Some(top) => *top = *place,
            None => tops.push(*place),
        }
    }
    let mut rising = BTreeSet::new();
    let mut here = tops.last().copied();
    while let Some(place) = here {
        rising.insert(place);
        here = before.get(&place).copied().flatten();
    }
    rising
}

#[cfg(test)]
mod tests {
    use super::{super::ClauseKind, *};

    fn clause(id: &str, number: &str, text: &str) -> Clause {
        let (id, number, text) = (id.to_owned(), number.to_owned(), text.to_owned());
        Clause { id, kind: ClauseKind::Clause, parent: None, number, text, binding: true }
    }
    fn changes(before: &[Clause], after: &[Clause]) -> Vec<ClauseChange> {
        compare(before, after).into_iter().map(|difference| difference.change).collect()
    }

    #[test]
    fn each_clause_is_unchanged_edited_moved_new_or_gone() {
        use ClauseChange::{Edited, Gone, Moved, New, Unchanged};
        let [a, b, c] = [("a", "甲"), ("b", "乙"), ("c", "丙")].map(|(id, text)| clause(id, "", text));
        let before = [a.clone(), b.clone(), c.clone()];
        assert_eq!(changes(&before, &before), [Unchanged; 3]);
        assert_eq!(changes(&before, &[c.clone(), a.clone(), b.clone()]), [Moved, Unchanged, Unchanged]);
        let edited = clause("b", "", "乙乙");
        let new = clause("d", "", "丁");
        assert_eq!(changes(&before, &[a.clone(), edited, new]), [Unchanged, Edited, New, Gone]);
        assert_eq!(changes(&before, &[a, clause("b", "第二条", "乙"), c]), [Unchanged, Moved, Unchanged]);
    }
}
