//! That a plan adds up: by scope and by period. `[SAL-1a]`

use super::{
    DOES_NOT_ADD_UP, LEVELS_REVERSED, NO_TOP, NODE_TWICE, OTHER_YEAR, OUTSIDE, PlanNode, PlanPeriod, Scope,
};
use crate::{
    organisation::DepartmentTree,
    spine::{DepartmentId, Findings},
};
use serde_json::json;
use std::collections::BTreeMap;

/// Everything that keeps the nodes of a plan from being sound.
pub fn check(
    nodes: &[PlanNode],
    (top, year): (DepartmentId, i32),
    above: &DepartmentTree,
    findings: &mut Findings,
) {
    let mut places: BTreeMap<(Scope, PlanPeriod), usize> = BTreeMap::new();
    for (index, node) in nodes.iter().enumerate() {
        let pointer = format!("/nodes/{index}");
        if places.insert((node.scope, node.period), index).is_some() {
            findings.add(pointer.clone(), NODE_TWICE);
        }
        if node.period.year() != year {
            findings.add_with(format!("{pointer}/period"), OTHER_YEAR, [("year", json!(year))]);
        }
        if node.floor > node.target || node.target > node.challenge {
            findings.add(format!("{pointer}/target"), LEVELS_REVERSED);
        }
        if line(node.scope.department, above).all(|department| department != top) {
            findings.add(format!("{pointer}/department_id"), OUTSIDE);
        }
    }
    let whole = (Scope { department: top, person: None }, PlanPeriod::Year(year));
    if !places.contains_key(&whole) {
        findings.add("/nodes", NO_TOP);
    }
    let sums = Sums::of(nodes, &places, above);
    for (index, node) in nodes.iter().enumerate() {
        for (below, reserve, member) in [
            (sums.of_scopes.get(&index), node.reserve_of_scopes, "reserve_of_scopes"),
            (sums.of_periods.get(&index), node.reserve_of_periods, "reserve_of_periods"),
        ] {
            let difference = i128::from(node.target) - i128::from(reserve) - below.copied().unwrap_or(0);
            // A node with nothing below it keeps all of it itself.
            if below.is_some() && difference != 0 || below.is_none() && reserve != 0 {
                let difference = if below.is_none() { -i128::from(reserve) } else { difference };
                let said = [
                    ("period", json!(node.period)),
                    ("difference", json!(i64::try_from(difference).unwrap_or(i64::MAX))),
                    ("department_id", json!(node.scope.department)),
                    ("employee_id", json!(node.scope.person)),
                ];
                findings.add_with(format!("/nodes/{index}/{member}"), DOES_NOT_ADD_UP, said);
            }
        }
    }
}

/// What of each node the scopes below it leave over; none where nothing lies below it.
pub(super) fn left_by_scopes(nodes: &[PlanNode], above: &DepartmentTree) -> Vec<Option<i64>> {
    let places = nodes.iter().enumerate().map(|(index, node)| ((node.scope, node.period), index)).collect();
    let sums = Sums::of(nodes, &places, above);
    let left = |(index, node): (usize, &PlanNode)| {
        let below = sums.of_scopes.get(&index)?;
        i64::try_from(i128::from(node.target) - below).ok()
    };
    nodes.iter().enumerate().map(left).collect()
}

/// What lies below each node, by its place.
struct Sums {
    of_scopes: BTreeMap<usize, i128>,
    of_periods: BTreeMap<usize, i128>,
}

impl Sums {
    fn of(nodes: &[PlanNode], places: &BTreeMap<(Scope, PlanPeriod), usize>, above: &DepartmentTree) -> Self {
        let mut sums = Self { of_scopes: BTreeMap::new(), of_periods: BTreeMap::new() };
        for node in nodes {
            if let Some(over) = over_scope(node, places, above) {
                *sums.of_scopes.entry(over).or_default() += i128::from(node.target);
            }
            if let Some(over) = over_period(node, places) {
                *sums.of_periods.entry(over).or_default() += i128::from(node.target);
            }
        }
        sums
    }
}

/// The node of the nearest scope above, in the same period: a person's department, a department's nearest above.
fn over_scope(
    node: &PlanNode,
    places: &BTreeMap<(Scope, PlanPeriod), usize>,
    above: &DepartmentTree,
) -> Option<usize> {
    let own = usize::from(node.scope.person.is_none());
    let over = |department| places.get(&(Scope { department, person: None }, node.period)).copied();
    line(node.scope.department, above).skip(own).find_map(over)
}

/// The node of the nearest longer period, of the same scope.
fn over_period(node: &PlanNode, places: &BTreeMap<(Scope, PlanPeriod), usize>) -> Option<usize> {
    let year = node.period.year();
    let quarter = (1..=4).map(|quarter| PlanPeriod::Quarter(year, quarter));
    let longer = quarter.chain([PlanPeriod::Year(year)]).filter(|period| period.holds(node.period));
    longer.filter_map(|period| places.get(&(node.scope, period)).copied()).next()
}

/// A department and those above it, the nearest first.
fn line(department: DepartmentId, above: &DepartmentTree) -> impl Iterator<Item = DepartmentId> {
    [department].into_iter().chain(above.above(department))
}
