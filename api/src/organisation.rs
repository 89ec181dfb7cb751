//! Departments, positions, employees, absences. `[ORG-1, ORG-3, ORG-4]`

mod absence;
mod department;
mod employee;
mod leave;
mod position;
mod template;

use crate::spine::{Chore, Routes};

pub use absence::{begin_absences, release_expired};
pub use leave::finish_leavings;
pub(crate) use template::SetUpKind;

/// What a server does by itself about people.
pub(crate) const CHORES: &[&Chore] = &[absence::ABSENCES, absence::EXPIRED_GRANTS, leave::LEAVINGS];

pub(crate) fn routes(into: &mut Routes) {
    department::routes(into);
    position::routes(into);
    employee::routes(into);
    leave::routes(into);
    absence::routes(into);
    template::routes(into);
}
