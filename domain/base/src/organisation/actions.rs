//! What may be done with a department, a position, an employee or an absence now, and if not why: front ends hold no copy of the
//! rules. `[ACT-1]`

use super::{Absence, Department, DepartmentTree, Employee, Employment, NOT_EMPLOYED, NOT_LEAVING};
use crate::spine::{BusinessDate, Citation, Refusal};

crate::actions! {
    /// A named action on a department.
    pub DepartmentAction as DepartmentActionName:
    Change = "change", "修改", "Change", ManageOrganisation;
    Close = "close", "撤销部门", "Close", ManageOrganisation;
}

crate::actions! {
    /// A named action on a position.
    pub PositionAction as PositionActionName:
    Change = "change", "修改", "Change", ManageOrganisation;
}

crate::actions! {
    /// A named action on an employee.
    pub EmployeeAction as EmployeeActionName:
    Change = "change", "更正", "Correct", ManageOrganisation;
    Move = "move", "调动", "Move", ManageOrganisation;
    Leave = "leave", "办理离职", "Leave", ManageOrganisation;
    Stay = "stay", "撤回离职", "Stay", ManageOrganisation;
}

crate::actions! {
    /// A named action on an absence.
    pub AbsenceAction as AbsenceActionName:
    Change = "change", "修改", "Change", ManageAbsences;
    Cancel = "cancel", "取消", "Cancel", ManageAbsences;
}

impl Department {
    /// Whether an action is allowed now. `employees` work in it, or are to be moved there.
    ///
    /// # Errors
    /// What the action would be refused with.
    pub fn may(
        &self,
        action: DepartmentAction,
        employees: i64,
        tree: &DepartmentTree,
    ) -> Result<(), Refusal> {
        match action {
            DepartmentAction::Change => self.ensure_open(),
            DepartmentAction::Close => self.may_close(employees, tree),
        }
    }
}

impl Employee {
    /// Whether an action is allowed now. That an administrator must remain is seen when it is tried.
    ///
    /// # Errors
    /// What the action would be refused with.
    pub fn may(&self, action: EmployeeAction) -> Result<(), Refusal> {
        match action {
            EmployeeAction::Change => Ok(()),
            EmployeeAction::Move => self.ensure_here("ORG-1"),
            EmployeeAction::Leave => self.ensure_here("ORG-4"),
            EmployeeAction::Stay => self.to_stay().map(drop),
        }
    }

    /// Refuses somebody who has left; `rule` is the one that says so.
    pub(super) fn ensure_here(&self, rule: &str) -> Result<(), Refusal> {
        match self.employment {
            Employment::Left { .. } => Err(Refusal::new(NOT_EMPLOYED).citing(Citation::rule(rule))),
            Employment::Employed | Employment::Leaving { .. } => Ok(()),
        }
    }

    /// The last day that is registered and can be taken back.
    pub(super) fn to_stay(&self) -> Result<BusinessDate, Refusal> {
        match self.employment {
            Employment::Leaving { last_day } => Ok(last_day),
            _ => Err(Refusal::new(NOT_LEAVING).citing(Citation::rule("ORG-4"))),
        }
    }
}

impl Absence {
    /// Whether an action is allowed now.
    ///
    /// # Errors
    /// What the action would be refused with.
    pub fn may(&self, action: AbsenceAction) -> Result<(), Refusal> {
        match action {
            AbsenceAction::Change | AbsenceAction::Cancel => self.ensure_live(),
        }
    }
}
