//! Whether who answers for a document still works here.

use crate::{
    organisation::Register,
    spine::{Failure, Reader},
};
use domain::{finance::leaver::Owner, spine::EmployeeId};

/// As the organisation knows it now.
pub(super) fn owner(reader: &mut Reader<'_>, employee: EmployeeId) -> Result<Owner, Failure> {
    Ok(if Register::of(reader)?.has_left(employee) { Owner::Left } else { Owner::Here })
}
