//! Departments, positions, employees and absences. `[ORG-1, ORG-3, ORG-4]`

pub mod absence;
pub mod department;
pub mod directory;
pub mod employee;
mod employee_view;
pub(crate) mod names;
pub mod position;
mod reference;
pub mod register;

pub use absence::{AbsenceFilter, AbsenceView};
pub use department::{DepartmentFilter, DepartmentOrder, DepartmentView};
pub use directory::Organisation;
pub use employee_view::{EmployeeFilter, EmployeeOrder, EmployeeView, PlacementView};
pub use position::PositionView;
pub use reference::{NamedRef, PersonRef, referred};
pub use register::Register;

pub(crate) use reference::{NamedColumns, PersonColumns, holds_on, like, literally, lower, unless_taken};

use crate::{
    policy::{Shipped, ship},
    spine::{Failure, Tx},
};
use domain::organisation::working_calendar::{
    SHIPPED_WORKING_CALENDAR, WORKING_CALENDAR_CODE, WorkingCalendar,
};

/// Publishes the shipped working calendar. Doing it again changes nothing.
pub fn seed(tx: &mut Tx<'_>) -> Result<(), Failure> {
    ship::<WorkingCalendar>(
        tx,
        Shipped {
            code: WORKING_CALENDAR_CODE,
            title: "工作日历",
            content: serde_json::from_str(SHIPPED_WORKING_CALENDAR)?,
            clause: "002 §8；国务院办公厅关于2026年部分节假日安排的通知",
        },
    )
}
