//! An organisation held in memory: for tests and for simulating a chain before it meets a database.

use super::{Directory, Place};
use crate::spine::{BusinessDate, DepartmentId, EmployeeId};
use std::collections::{BTreeMap, BTreeSet};

/// An organisation in memory.
#[derive(Clone, Default, Debug)]
pub struct Roster {
    people: BTreeMap<EmployeeId, Person>,
    departments: BTreeMap<DepartmentId, Unit>,
    roles: BTreeMap<String, BTreeSet<EmployeeId>>,
    positions: BTreeMap<String, BTreeSet<EmployeeId>>,
}

#[derive(Clone, Debug)]
struct Person {
    name: String,
    department: DepartmentId,
    superior: Option<EmployeeId>,
    active: bool,
    stand_in: Option<(EmployeeId, BusinessDate, BusinessDate)>,
}

#[derive(Clone, Debug)]
struct Unit {
    code: String,
    parent: Option<DepartmentId>,
    head: Option<EmployeeId>,
}

impl Roster {
    /// Adds a department.
    pub fn department(&mut self, id: DepartmentId, code: &str, parent: Option<DepartmentId>) {
        self.departments.insert(id, Unit { code: code.into(), parent, head: None });
    }
    /// Adds an active person.
    pub fn person(
        &mut self,
        id: EmployeeId,
        name: &str,
        department: DepartmentId,
        superior: Option<EmployeeId>,
    ) {
        let name = name.to_owned();
        self.people.insert(id, Person { name, department, superior, active: true, stand_in: None });
    }
    /// Names the head of a department.
    pub fn head(&mut self, department: DepartmentId, head: Option<EmployeeId>) {
        if let Some(unit) = self.departments.get_mut(&department) {
            unit.head = head;
        }
    }
    /// Grants a role.
    pub fn grant(&mut self, role: &str, employee: EmployeeId) {
        self.roles.entry(role.into()).or_default().insert(employee);
    }
    /// Appoints to a position.
    pub fn appoint(&mut self, position: &str, employee: EmployeeId) {
        self.positions.entry(position.into()).or_default().insert(employee);
    }
    /// Ends or resumes a person's employment.
    pub fn active(&mut self, employee: EmployeeId, active: bool) {
        if let Some(person) = self.people.get_mut(&employee) {
            person.active = active;
        }
    }
    /// Names a stand-in from a day to a day, both included; or ends the absence.
    pub fn absent(
        &mut self,
        employee: EmployeeId,
        stand_in: Option<(EmployeeId, BusinessDate, BusinessDate)>,
    ) {
        if let Some(person) = self.people.get_mut(&employee) {
            person.stand_in = stand_in;
        }
    }

    fn lies_below(&self, department: DepartmentId, above: DepartmentId) -> bool {
        let mut here = Some(department);
        for _ in 0..=self.departments.len() {
            match here {
                Some(unit) if unit == above => return true,
                Some(unit) => here = self.department_parent(unit),
                None => return false,
            }
        }
        false
    }
}

impl Directory for Roster {
    fn name(&self, employee: EmployeeId) -> Option<String> {
        self.people.get(&employee).map(|person| person.name.clone())
    }
    fn is_active(&self, employee: EmployeeId, _on: BusinessDate) -> bool {
        self.people.get(&employee).is_some_and(|person| person.active)
    }
    fn superior(&self, employee: EmployeeId) -> Option<EmployeeId> {
        self.people.get(&employee)?.superior
    }
    fn department_of(&self, employee: EmployeeId) -> Option<DepartmentId> {
        self.people.get(&employee).map(|person| person.department)
    }
    fn department_head(&self, department: DepartmentId) -> Option<EmployeeId> {
        self.departments.get(&department)?.head
    }
    fn department_parent(&self, department: DepartmentId) -> Option<DepartmentId> {
        self.departments.get(&department)?.parent
    }
    fn department_by_code(&self, code: &str) -> Option<DepartmentId> {
        self.departments.iter().find(|(_, unit)| unit.code == code).map(|(id, _)| *id)
    }
    fn departments(&self) -> Vec<(DepartmentId, String)> {
        self.departments.iter().map(|(id, unit)| (*id, unit.code.clone())).collect()
    }
    fn employees_of(&self, department: DepartmentId, _on: BusinessDate) -> Vec<EmployeeId> {
        let here = self.people.iter().filter(|(_, person)| person.active && person.department == department);
        here.map(|(id, _)| *id).collect()
    }
    fn role_holders(&self, role: &str, place: Place, on: BusinessDate) -> Vec<EmployeeId> {
        let holders = self.roles.get(role).into_iter().flatten().copied();
        let within = |employee: &EmployeeId| match (place, self.department_of(*employee)) {
            (Place::Anywhere, _) => true,
            (Place::Department(department), Some(own)) => own == department,
            (Place::Subtree(above), Some(own)) => self.lies_below(own, above),
            (_, None) => false,
        };
        holders.filter(|employee| self.is_active(*employee, on)).filter(within).collect()
    }
    fn position_holders(&self, position: &str, on: BusinessDate) -> Vec<EmployeeId> {
        let holders = self.positions.get(position).into_iter().flatten().copied();
        holders.filter(|employee| self.is_active(*employee, on)).collect()
    }
    fn stand_in(&self, employee: EmployeeId, on: BusinessDate) -> Option<EmployeeId> {
        let (stand_in, from, to) = self.people.get(&employee)?.stand_in?;
        (from <= on && on <= to).then_some(stand_in)
    }
    fn knows_role(&self, role: &str) -> bool {
        self.roles.contains_key(role)
    }
    fn knows_position(&self, position: &str) -> bool {
        self.positions.contains_key(position)
    }
}
