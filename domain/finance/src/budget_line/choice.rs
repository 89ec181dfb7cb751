//! Which line a document line is charged to: the most special one that fits.

use super::{BudgetLine, Purpose};
use crate::{
    finance::period::Period,
    spine::{Department, Id},
};

/// What a document line asks for.
#[derive(Clone, Copy, Debug)]
pub struct Wanted<'a> {
    /// The department that bears the cost, then those above it, the nearest first.
    pub departments: &'a [Id<Department>],
    /// The category, then the headings above it, the nearest first.
    pub categories: &'a [String],
    /// The month it belongs to.
    pub month: Period,
    /// The campaign it is for.
    pub campaign: Option<&'a str>,
    /// The region it is for.
    pub region: Option<&'a str>,
}

/// The open line a document line is charged to: one of its campaign before a general one, then of its region,
/// of the nearest department, of the nearest category, of the shortest period. An emergency fund is never
/// charged.
///
/// Lines share no money: what a line on a heading, of a department above or over a quarter has is its own, for what no
/// nearer line is there, and reports add both. What a budget gives in all to a heading is said by its sums, not by a
/// line. `[BUD-2]`
pub fn choose<'a>(
    lines: impl IntoIterator<Item = &'a BudgetLine>,
    wanted: Wanted<'_>,
) -> Option<&'a BudgetLine> {
    let rank = |line: &BudgetLine| {
        let special = |of: &Option<String>, asked: Option<&str>| match of.as_deref() {
            None => Some(1),
            of if of == asked => Some(0),
            Some(_) => None,
        };
        let fits = line.open && line.purpose == Purpose::Ordinary && line.period.covers(wanted.month);
        fits.then_some(())?;
        let department = wanted.departments.iter().position(|id| *id == line.department)?;
        let category = wanted.categories.iter().position(|code| *code == line.category)?;
        let campaign = special(&line.campaign, wanted.campaign)?;
        let region = special(&line.region, wanted.region)?;
        Some((campaign, region, department, category, line.period.length(), line.id))
    };
    lines
        .into_iter()
        .filter_map(|line| rank(line).map(|rank| (rank, line)))
        .min_by_key(|(rank, _)| *rank)
        .map(|(_, line)| line)
}
