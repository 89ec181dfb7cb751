//! For whom an announcement is meant: resolved to people once, as it is published. `[NOT-1a]`

use crate::{
    organisation::PositionId,
    spine::{DepartmentId, EmployeeId},
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Whoever one of these covers.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Audience {
    /// Everybody who works here.
    pub everybody: bool,
    /// Those of these departments and of all below them.
    pub departments: BTreeSet<DepartmentId>,
    /// Those who hold one of these positions.
    pub positions: BTreeSet<PositionId>,
    /// These people.
    pub employees: BTreeSet<EmployeeId>,
}

impl Audience {
    /// Whether it names nobody at all.
    pub fn is_nobody(&self) -> bool {
        let Self { everybody, departments, positions, employees } = self;
        !everybody && departments.is_empty() && positions.is_empty() && employees.is_empty()
    }

    /// Whether it is one person and nobody else.
    pub fn is_one_person(&self) -> bool {
        let Self { everybody, departments, positions, employees } = self;
        !everybody && departments.is_empty() && positions.is_empty() && employees.len() == 1
    }

    /// Whether somebody is meant who holds a position in a department; `departments` is theirs and all above it.
    pub fn covers(
        &self,
        employee: EmployeeId,
        position: Option<PositionId>,
        mut departments: impl Iterator<Item = DepartmentId>,
    ) -> bool {
        self.everybody
            || self.employees.contains(&employee)
            || position.is_some_and(|position| self.positions.contains(&position))
            || departments.any(|department| self.departments.contains(&department))
    }
}
