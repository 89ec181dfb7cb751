//! The organisation as the engine asks about it: look-ups only.

use super::Subject;
use crate::spine::{BusinessDate, DepartmentId, EmployeeId};
use std::collections::BTreeSet;

/// How many stand-ins of stand-ins are followed. `[APR-9]`
pub(super) const DELEGATION_DEPTH: usize = 5;
/// How many levels a step rises before the fallback takes it; deeper hierarchies are taken for a loop.
pub(super) const RISE_DEPTH: usize = 20;

/// Where role holders are looked for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Place {
    /// In this department alone.
    Department(DepartmentId),
    /// In this department and all below it.
    Subtree(DepartmentId),
    /// Everywhere.
    Anywhere,
}

/// Look-ups in the organisation. Lists come in a stable order.
pub trait Directory {
    /// A person's name, for refusals and explanations.
    fn name(&self, employee: EmployeeId) -> Option<String>;
    /// Whether a person works here on a day and may decide approvals.
    fn is_active(&self, employee: EmployeeId, on: BusinessDate) -> bool;
    /// The recorded superior.
    fn superior(&self, employee: EmployeeId) -> Option<EmployeeId>;
    /// The department a person belongs to.
    fn department_of(&self, employee: EmployeeId) -> Option<DepartmentId>;
    /// The head of a department.
    fn department_head(&self, department: DepartmentId) -> Option<EmployeeId>;
    /// The department above.
    fn department_parent(&self, department: DepartmentId) -> Option<DepartmentId>;
    /// The department with a code.
    fn department_by_code(&self, code: &str) -> Option<DepartmentId>;
    /// All living departments with their codes.
    fn departments(&self) -> Vec<(DepartmentId, String)>;
    /// The people of a department itself who may hand in documents: at work, with an account.
    fn employees_of(&self, department: DepartmentId, on: BusinessDate) -> Vec<EmployeeId>;
    /// The active holders of a role.
    fn role_holders(&self, role: &str, place: Place, on: BusinessDate) -> Vec<EmployeeId>;
    /// The active holders of a position.
    fn position_holders(&self, position: &str, on: BusinessDate) -> Vec<EmployeeId>;
    /// Who stands in for a person who is absent on a day; nobody if the person is present.
    fn stand_in(&self, employee: EmployeeId, on: BusinessDate) -> Option<EmployeeId>;
    /// Whether there is such a role.
    fn knows_role(&self, role: &str) -> bool;
    /// Whether there is such a position.
    fn knows_position(&self, position: &str) -> bool;
}

/// Everybody whose own document this is: submitter, beneficiary, creator, and whoever stands in for one of
/// them on this day. `[APR-4]`
pub fn own_people(subject: &Subject, directory: &dyn Directory, on: BusinessDate) -> BTreeSet<EmployeeId> {
    let mut own = BTreeSet::new();
    for party in subject.parties() {
        own.insert(party);
        own.extend(stand_ins(directory, party, on));
    }
    own
}

/// Who stands in for a person on a day, and who for those in turn, to a bounded depth.
pub fn stand_ins(directory: &dyn Directory, of: EmployeeId, on: BusinessDate) -> Vec<EmployeeId> {
    let mut met = Vec::new();
    let mut person = of;
    while met.len() < DELEGATION_DEPTH
        && let Some(next) = directory.stand_in(person, on)
        && next != of
        && !met.contains(&next)
    {
        met.push(next);
        person = next;
    }
    met
}

/// The recorded superior, else the nearest head of a department at or above the person's own who is somebody
/// else.
pub(super) fn superior_of(directory: &dyn Directory, employee: EmployeeId) -> Option<EmployeeId> {
    if let Some(superior) = directory.superior(employee).filter(|superior| *superior != employee) {
        return Some(superior);
    }
    let mut department = directory.department_of(employee);
    for _ in 0..RISE_DEPTH {
        let here = department?;
        match directory.department_head(here) {
            Some(head) if head != employee => return Some(head),
            _ => department = directory.department_parent(here),
        }
    }
    None
}

/// The head of the nearest department above one that has a head; at the top its own.
pub(super) fn superior_department_head(
    directory: &dyn Directory,
    department: DepartmentId,
) -> Option<EmployeeId> {
    match directory.department_parent(department) {
        Some(above) => head_at_or_above(directory, above),
        None => directory.department_head(department),
    }
}

/// A department and all above it, the nearest first.
pub fn departments_above(
    directory: &dyn Directory,
    department: DepartmentId,
) -> impl Iterator<Item = DepartmentId> + '_ {
    std::iter::successors(Some(department), |here| directory.department_parent(*here))
}

/// The heads of a department and of all above it, the nearest first; those without one are passed over.
pub fn heads_above(
    directory: &dyn Directory,
    department: DepartmentId,
) -> impl Iterator<Item = EmployeeId> + '_ {
    departments_above(directory, department).filter_map(|here| directory.department_head(here))
}

/// The head of a department, or of the nearest one above it that has one.
pub(super) fn head_at_or_above(directory: &dyn Directory, department: DepartmentId) -> Option<EmployeeId> {
    departments_above(directory, department).take(RISE_DEPTH).find_map(|here| directory.department_head(here))
}

/// The nearest superior, at any height, who is acceptable.
pub(super) fn nearest_superior(
    directory: &dyn Directory,
    employee: EmployeeId,
    acceptable: impl Fn(EmployeeId) -> bool,
) -> Option<EmployeeId> {
    let mut met = BTreeSet::from([employee]);
    let mut person = employee;
    for _ in 0..RISE_DEPTH {
        person = superior_of(directory, person)?;
        if !met.insert(person) {
            return None;
        }
        if acceptable(person) {
            return Some(person);
        }
    }
    None
}

/// The first acceptable stand-in along the chain of stand-ins, which is followed to a bounded depth and never
/// in a circle. One who is absent too passes on.
pub(super) fn acting_stand_in(
    directory: &dyn Directory,
    employee: EmployeeId,
    on: BusinessDate,
    acceptable: impl Fn(EmployeeId) -> bool,
) -> Option<EmployeeId> {
    let mut met = BTreeSet::from([employee]);
    let mut person = employee;
    for _ in 0..DELEGATION_DEPTH {
        person = directory.stand_in(person, on)?;
        if !met.insert(person) {
            return None;
        }
        if directory.stand_in(person, on).is_none() && acceptable(person) {
            return Some(person);
        }
    }
    None
}
