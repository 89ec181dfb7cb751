//! The people whom a table of targets names. `[SAL-1a, EXT]`

use crate::{
    organisation::Register,
    schema::employees,
    spine::{Failure, Key, Reader, db},
};
use diesel::prelude::*;
use domain::spine::{DepartmentId, EmployeeId};
use std::collections::BTreeMap;

/// Who bears these numbers and still works here, and in which department on the day.
///
/// # Errors
/// Where the database fails.
pub fn numbered(
    reader: &mut Reader<'_>,
    numbers: &[&str],
) -> Result<BTreeMap<String, (EmployeeId, DepartmentId)>, Failure> {
    let rows: Vec<(Key, String)> = db!(reader, |c| employees::table
        .filter(employees::number.eq_any(numbers).and(employees::status.ne("left")))
        .select((employees::id, employees::number))
        .load(c))?;
    let (register, today) = (Register::of(reader)?, reader.today());
    let placed = |(key, number): (Key, String)| {
        let person = EmployeeId::from(key);
        Some((number, (person, register.department_on(person, today)?)))
    };
    Ok(rows.into_iter().filter_map(placed).collect())
}
