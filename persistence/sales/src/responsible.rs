//! Who sees to something of a document: the first of some who works here, else the head of its department or the nearest above.

use crate::{
    organisation::Organisation,
    spine::{Failure, Reader},
};
use domain::{
    approval::heads_above,
    spine::{DepartmentId, EmployeeId},
};

/// The first of some people who works here today, else the nearest head above a department who does.
///
/// # Errors
/// Where the database fails.
pub(crate) fn first_here(
    reader: &mut Reader<'_>,
    wanted: impl IntoIterator<Item = EmployeeId>,
    department: DepartmentId,
) -> Result<Option<EmployeeId>, Failure> {
    let (organisation, today) = (Organisation::today(reader)?, reader.today());
    let here = |person: &EmployeeId| organisation.works_here(*person, today);
    let first = wanted.into_iter().find(here);
    Ok(first.or_else(|| heads_above(&*organisation, department).find(here)))
}
