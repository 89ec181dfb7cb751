//! The targets of people as a table says them: a row a person, twelve months. What their team has beyond them is its reserve.
//! `[SAL-1a, EXT]`

use super::{PlanNode, PlanPeriod, Scope, adding_up::left_by_scopes};
use crate::{
    organisation::DepartmentTree,
    spine::{DepartmentId, EmployeeId},
};

/// What somebody is to reach in the months of a year.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct PersonalYear {
    /// Who.
    pub person: EmployeeId,
    /// In which department.
    pub department: DepartmentId,
    /// January to December, in the unit of the measure.
    pub months: [i64; 12],
}

/// The nodes of a plan with these people's in place of those they had; what that leaves of the departments above them is
/// their reserve.
pub fn with_people(
    mut nodes: Vec<PlanNode>,
    year: i32,
    people: &[PersonalYear],
    above: &DepartmentTree,
) -> Vec<PlanNode> {
    nodes.retain(|node| !people.iter().any(|one| node.scope.person == Some(one.person)));
    for one in people {
        let scope = Scope { department: one.department, person: Some(one.person) };
        let node = |period, target| PlanNode {
            scope,
            period,
            floor: target,
            target,
            challenge: target,
            reserve_of_scopes: 0,
            reserve_of_periods: 0,
        };
        let whole = PlanPeriod::Year(year);
        nodes.push(node(whole, one.months.iter().sum()));
        nodes.extend(whole.months().zip(one.months).map(|(month, target)| node(month, target)));
    }
    let left = left_by_scopes(&nodes, above);
    for (node, left) in nodes.iter_mut().zip(left) {
        node.reserve_of_scopes = left.unwrap_or(0);
    }
    nodes
}
