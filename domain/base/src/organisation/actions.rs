//! What may be done with a department or an employee now, and if not why: front ends hold no copy of the rules. `[ACT-1]`

use super::{Department, DepartmentTree, Employee, Employment, NOT_EMPLOYED, NOT_LEAVING};
use crate::spine::{Citation, Refusal};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A named action on a department.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = DepartmentActionName)]
pub enum DepartmentAction {
    /// Rename it, hang it elsewhere, give it another head.
    Change,
    /// Close it.
    Close,
}

crate::labels! { DepartmentAction = "DepartmentActionName":
    Change = "change", "修改", "Change";
    Close = "close", "撤销部门", "Close";
}

/// A named action on an employee.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = EmployeeActionName)]
pub enum EmployeeAction {
    /// Correct number or name.
    Change,
    /// Move them to another department, position or superior.
    Move,
    /// Register that they leave.
    Leave,
    /// Take a registered leaving back.
    Stay,
}

crate::labels! { EmployeeAction = "EmployeeActionName":
    Change = "change", "更正", "Correct";
    Move = "move", "调动", "Move";
    Leave = "leave", "办理离职", "Leave";
    Stay = "stay", "撤回离职", "Stay";
}

impl Department {
    /// Every action with the refusal it would meet. `employees` work in it, or are to be moved there.
    pub fn actions(
        &self,
        employees: i64,
        tree: &DepartmentTree,
    ) -> impl Iterator<Item = (DepartmentAction, Result<(), Refusal>)> {
        DepartmentAction::ALL.into_iter().map(move |action| match action {
            DepartmentAction::Change => (action, self.ensure_open()),
            DepartmentAction::Close => (action, self.may_close(employees, tree)),
        })
    }
}

impl Employee {
    /// Every action with the refusal it would meet. That an administrator must remain is seen when it is tried.
    pub fn actions(&self) -> impl Iterator<Item = (EmployeeAction, Result<(), Refusal>)> {
        EmployeeAction::ALL.into_iter().map(|action| match action {
            EmployeeAction::Change => (action, Ok(())),
            EmployeeAction::Move => (action, self.ensure_here("ORG-1")),
            EmployeeAction::Leave => (action, self.ensure_here("ORG-4")),
            EmployeeAction::Stay => (action, self.ensure_leaving()),
        })
    }

    /// Refuses somebody who has left; `rule` is the one that says so.
    pub(super) fn ensure_here(&self, rule: &str) -> Result<(), Refusal> {
        match self.employment {
            Employment::Left { .. } => Err(Refusal::new(NOT_EMPLOYED).citing(Citation::rule(rule))),
            Employment::Employed | Employment::Leaving { .. } => Ok(()),
        }
    }

    fn ensure_leaving(&self) -> Result<(), Refusal> {
        match self.employment {
            Employment::Leaving { .. } => Ok(()),
            _ => Err(Refusal::new(NOT_LEAVING).citing(Citation::rule("ORG-4"))),
        }
    }
}
