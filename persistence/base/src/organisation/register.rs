//! The names of people and departments, and where people belong on a day: what documents show and check
//! when they refer to them. Kept in memory until master data changes.

use super::reference::{NamedRef, PersonRef};
use crate::{
    schema::{departments, employee_placements, employees},
    spine::{Failure, Key, Reader, db},
};
use diesel::prelude::*;
use domain::spine::{BusinessDate, DepartmentId, EmployeeId};
use std::{collections::HashMap, sync::Arc};

/// Everybody who ever worked here, and every department there ever was.
#[derive(Debug, Default)]
pub struct Register {
    people: HashMap<EmployeeId, Person>,
    departments: HashMap<DepartmentId, Department>,
}

#[derive(Debug)]
struct Person {
    name: PersonRef,
    has_left: bool,
    stays: Vec<Stay>,
}

/// A person's time in a department: from a day on until before another. The first reaches back before its day.
#[derive(Debug)]
struct Stay {
    department: DepartmentId,
    from: Option<BusinessDate>,
    until: Option<BusinessDate>,
}

#[derive(Debug)]
struct Department {
    name: NamedRef,
    closed_on: Option<BusinessDate>,
}

impl Register {
    /// As it stands.
    pub fn of(reader: &mut Reader<'_>) -> Result<Arc<Self>, Failure> {
        reader.master(crate::PEOPLE, "register", |reader| {
            let mut register = Self { departments: all_departments(reader)?, people: all_people(reader)? };
            register.add_stays(reader)?;
            Ok(register)
        })
    }

    fn add_stays(&mut self, reader: &mut Reader<'_>) -> Result<(), Failure> {
        type Row = (Key, bool, BusinessDate, Option<BusinessDate>, Key);
        let rows: Vec<Row> = db!(reader, |c| employee_placements::table
            .select((
                employee_placements::employee_id,
                employee_placements::is_first,
                employee_placements::from_on,
                employee_placements::until_on,
                employee_placements::department_id
            ))
            .load(c))?;
        for (employee, is_first, from, until, department) in rows {
            let stay = Stay { department: department.into(), from: (!is_first).then_some(from), until };
            if let Some(person) = self.people.get_mut(&employee.into()) {
                person.stays.push(stay);
            }
        }
        Ok(())
    }

    /// A person's number and name.
    pub fn person(&self, id: EmployeeId) -> Option<&PersonRef> {
        self.people.get(&id).map(|person| &person.name)
    }

    /// The number and name of somebody whom a record names.
    ///
    /// # Errors
    /// Where nobody is known by this id: a fault of ours.
    pub fn named(&self, id: EmployeeId) -> Result<PersonRef, Failure> {
        self.person(id).cloned().ok_or_else(|| Failure::corrupt("employees", "id", id))
    }

    /// The code and names of a department that a record names.
    ///
    /// # Errors
    /// Where there is none of this id: a fault of ours.
    pub fn placed(&self, id: DepartmentId) -> Result<NamedRef, Failure> {
        self.department(id).cloned().ok_or_else(|| Failure::corrupt("departments", "id", id))
    }

    /// Whether somebody has left.
    pub fn has_left(&self, id: EmployeeId) -> bool {
        self.people.get(&id).is_some_and(|person| person.has_left)
    }

    /// A department's code and names.
    pub fn department(&self, id: DepartmentId) -> Option<&NamedRef> {
        self.departments.get(&id).map(|department| &department.name)
    }

    /// Whether a department is there and open on a day.
    pub fn is_open(&self, id: DepartmentId, on: BusinessDate) -> bool {
        let department = self.departments.get(&id);
        department.is_some_and(|department| department.closed_on.is_none_or(|closed| closed > on))
    }

    /// The department somebody works in on a day; before joining, the first.
    pub fn department_on(&self, id: EmployeeId, day: BusinessDate) -> Option<DepartmentId> {
        let holds = |stay: &&Stay| {
            stay.from.is_none_or(|from| from <= day) && stay.until.is_none_or(|until| until > day)
        };
        self.people.get(&id)?.stays.iter().find(holds).map(|stay| stay.department)
    }
}

fn all_people(reader: &mut Reader<'_>) -> Result<HashMap<EmployeeId, Person>, Failure> {
    type Row = (Key, String, String, String);
    let rows: Vec<Row> = db!(reader, |c| employees::table
        .select((employees::id, employees::number, employees::name, employees::status))
        .load(c))?;
    let person = |(id, number, name, status): Row| {
        let (id, has_left) = (EmployeeId::from(id), status == "left");
        (id, Person { name: PersonRef { id, number, name }, has_left, stays: Vec::new() })
    };
    Ok(rows.into_iter().map(person).collect())
}

fn all_departments(reader: &mut Reader<'_>) -> Result<HashMap<DepartmentId, Department>, Failure> {
    type Row = (Key, String, String, String, Option<BusinessDate>);
    let rows: Vec<Row> = db!(reader, |c| departments::table
        .select((
            departments::id,
            departments::code,
            departments::name_zh,
            departments::name_en,
            departments::closed_on
        ))
        .load(c))?;
    let department = |(id, code, name_zh, name_en, closed_on): Row| {
        (id.into(), Department { name: NamedRef { id: id.into(), code, name_zh, name_en }, closed_on })
    };
    Ok(rows.into_iter().map(department).collect())
}
