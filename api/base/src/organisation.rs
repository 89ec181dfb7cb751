//! Departments, positions, employees, absences. `[ORG-1, ORG-3, ORG-4]`

mod absence;
mod department;
mod employee;
mod leave;
mod position;
mod template;
mod working_calendar;
mod working_day;

use crate::spine::Routes;

pub use absence::{ABSENCES, EXPIRED_GRANTS, begin_absences, release_expired};
pub use leave::{LEAVINGS, finish_leavings};
pub use template::SetUpKind;

pub fn routes(into: &mut Routes) {
    department::routes(into);
    position::routes(into);
    employee::routes(into);
    leave::routes(into);
    absence::routes(into);
    template::routes(into);
    working_calendar::routes(into);
    working_day::routes(into);
}
