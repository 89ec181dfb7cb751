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
    spine::{Failure, Names, Part, Reader},
};
use domain::{
    organisation::working_calendar::{SHIPPED_WORKING_CALENDAR, WORKING_CALENDAR_CODE, WorkingCalendar},
    spine::{DepartmentId, in_both},
};
use serde_json::{Map, Value};

/// What this noun brings to its wing.
pub(crate) const NOUN: &[Part] = &[
    &Kind::of::<WorkingCalendar>(),
    &Shipped::text(
        WORKING_CALENDAR_CODE,
        "工作日历",
        "002 §8；国务院办公厅关于2026年部分节假日安排的通知",
        SHIPPED_WORKING_CALENDAR,
    ),
    &Names(departments_named),
];

/// What departments are called that refusals name by their ids.
fn departments_named(
    reader: &mut Reader<'_>,
    params: &Map<String, Value>,
) -> Result<Vec<(&'static str, Value)>, Failure> {
    // What a document was to keep is a cost centre where that is what it keeps.
    let is_cost_centre = params.get("field").is_some_and(|field| field == "cost_centre");
    let named = ["department", "cost_centre"].into_iter().chain(is_cost_centre.then_some("requested"));
    let ids: Vec<(&'static str, DepartmentId)> =
        named.filter_map(|name| Some((name, params.get(name)?.as_str()?.parse().ok()?))).collect();
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let register = Register::of(reader)?;
    let called = |(name, id)| {
        let department = register.department(id)?;
        Some((name, in_both(department.name_zh.as_str(), department.name_en.as_str())))
    };
    Ok(ids.into_iter().filter_map(called).collect())
}
