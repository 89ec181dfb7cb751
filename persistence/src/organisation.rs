//! Departments, positions, employees and absences. `[ORG-1, ORG-3, ORG-4]`

pub mod absence;
pub mod department;
pub mod directory;
pub mod employee;
mod employee_view;
pub mod position;
mod reference;
pub mod register;

pub use absence::{AbsenceFilter, AbsenceView};
pub use department::DepartmentView;
pub use directory::Organisation;
pub use employee_view::{EmployeeFilter, EmployeeView, PlacementView};
pub use position::PositionView;
pub use reference::{NamedRef, PersonRef, referred};
pub use register::Register;

pub(crate) use reference::{holds_on, like, lower, unless_taken};
