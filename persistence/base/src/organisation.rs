//! Departments, positions, employees and absences. `[ORG-1, ORG-3, ORG-4]`

pub mod absence;
pub mod department;
pub mod directory;
pub mod employee;
mod employee_view;
mod open_matter;
mod past;
pub mod position;
mod reference;
pub mod register;
mod working_day;

pub use absence::{AbsenceFilter, AbsenceView};
pub use department::{DEPARTMENT, DepartmentFilter, DepartmentView};
pub use directory::Organisation;
pub use employee_view::{EMPLOYEE, EmployeeFilter, EmployeeView, PlacementView};
pub use open_matter::{OpenMatterView, OpenMatters, OpenMattersView, ensure_cleared, open_matters};
pub use past::Past;
pub use position::{PositionFilter, PositionView};
pub use reference::{NamedRef, PersonRef, referred};
pub use register::Register;
pub use working_day::{WorkingDaysView, working_days};

/// The people whose names [`search`](crate::search) looks at.
pub use crate::schema::employees as people;
pub(crate) use reference::holds_on;
pub use reference::{NamedColumns, PersonColumns, like, literally, lower, lower_if_any, unless_taken};

use crate::{
    policy::{Kind, Shipped},
    spine::Part,
};
use domain::organisation::working_calendar::{
    SHIPPED_WORKING_CALENDAR, WORKING_CALENDAR_CODE, WorkingCalendar,
};

/// What this noun brings to its wing.
pub(crate) const NOUN: &[Part] = &[
    &Kind::of::<WorkingCalendar>(),
    &Shipped::text(
        WORKING_CALENDAR_CODE,
        "工作日历",
        "002 §8；国务院办公厅关于2026年部分节假日安排的通知",
        SHIPPED_WORKING_CALENDAR,
    ),
];
