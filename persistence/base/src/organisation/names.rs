//! The names behind ids, for views of many rows: one query for all people, one for all departments.

use super::{NamedRef, PersonRef};
use crate::{
    schema::{departments, employees},
    spine::{Failure, Key, Reader, db},
};
use diesel::prelude::*;
use domain::spine::{DepartmentId, EmployeeId};
use std::collections::{BTreeSet, HashMap};

/// How many are looked up at once.
const AT_ONCE: usize = 500;

/// The names of people.
pub fn people(
    reader: &mut Reader<'_>,
    ids: impl IntoIterator<Item = EmployeeId>,
) -> Result<HashMap<EmployeeId, PersonRef>, Failure> {
    let ids = BTreeSet::from_iter(ids.into_iter().map(Key::from));
    let mut found = HashMap::new();
    for piece in Vec::from_iter(ids).chunks(AT_ONCE) {
        let rows: Vec<(Key, String, String)> = db!(reader, |c| employees::table
            .filter(employees::id.eq_any(piece))
            .select((employees::id, employees::number, employees::name))
            .load(c))?;
        let person = |(id, number, name): (Key, String, String)| PersonRef { id: id.into(), number, name };
        found.extend(rows.into_iter().map(person).map(|person| (person.id, person)));
    }
    Ok(found)
}

/// The names of departments.
pub fn departments(
    reader: &mut Reader<'_>,
    ids: impl IntoIterator<Item = DepartmentId>,
) -> Result<HashMap<DepartmentId, NamedRef>, Failure> {
    let ids = BTreeSet::from_iter(ids.into_iter().map(Key::from));
    let mut found = HashMap::new();
    for piece in Vec::from_iter(ids).chunks(AT_ONCE) {
        let rows: Vec<(Key, String, String, String)> = db!(reader, |c| departments::table
            .filter(departments::id.eq_any(piece))
            .select((departments::id, departments::code, departments::name_zh, departments::name_en))
            .load(c))?;
        for (id, code, name_zh, name_en) in rows {
            found.insert(id.into(), NamedRef { id: id.into(), code, name_zh, name_en });
        }
    }
    Ok(found)
}

/// The name of one of them.
pub fn person(known: &HashMap<EmployeeId, PersonRef>, id: EmployeeId) -> Result<PersonRef, Failure> {
    known.get(&id).cloned().ok_or_else(|| Failure::corrupt("employees", "id", id))
}

/// The name of one of them.
pub fn department(known: &HashMap<DepartmentId, NamedRef>, id: DepartmentId) -> Result<NamedRef, Failure> {
    known.get(&id).cloned().ok_or_else(|| Failure::corrupt("departments", "id", id))
}
