//! Who works where and for whom: departments, positions, employees, absences. `[ORG-1, ORG-3, ORG-4]`
//!
//! Every other context asks this one who heads a department, who is whose superior and who stands in
//! for whom on a day. Accounts and rights are not here: see [`crate::identity`].

mod absence;
mod actions;
mod department;
mod employee;
mod employment;
pub(crate) mod label;
mod position;
mod superiors;
mod template;
/// Which days are worked.
pub mod working_calendar;

use crate::spine::Id;

pub use absence::{Absence, StandIn, stand_in_for};
pub use actions::{DepartmentAction, EmployeeAction};
pub use department::{Department, DepartmentDetails, DepartmentTree};
pub use employee::{Employee, Hire, Placement};
pub use employment::{EmployeeState, Employment};
pub use position::{Position, PositionDetails};
pub use superiors::SuperiorLines;
pub use template::{DEPARTMENT_TEMPLATES, DepartmentTemplate, PositionTemplate};

/// The id of a position.
pub type PositionId = Id<Position>;
/// The id of an absence.
pub type AbsenceId = Id<Absence>;

crate::events! { ORGANISATION_EVENTS:
    DEPARTMENT_CREATED = "department.created", "部门已设立", "A department was set up";
    DEPARTMENT_CHANGED = "department.changed", "部门已变更", "A department was changed";
    DEPARTMENT_CLOSED = "department.closed", "部门已撤销", "A department was closed";
    POSITION_CREATED = "position.created", "岗位已设立", "A position was set up";
    POSITION_CHANGED = "position.changed", "岗位已变更", "A position was changed";
    EMPLOYEE_HIRED = "employee.hired", "员工已入职", "An employee was taken on";
    EMPLOYEE_CHANGED = "employee.changed", "员工资料已变更", "An employee's record was changed";
    EMPLOYEE_MOVED = "employee.moved", "员工已调动", "An employee was moved";
    EMPLOYEE_LEAVING = "employee.leaving", "员工离职已登记", "An employee's leaving was registered";
    EMPLOYEE_STAYS = "employee.stays", "员工离职已取消", "An employee's registered leaving was taken back";
    EMPLOYEE_LEFT = "employee.left", "员工已离职", "An employee left";
    ABSENCE_REGISTERED = "absence.registered", "请假代理已登记", "An absence with a stand-in was registered";
    ABSENCE_CHANGED = "absence.changed", "请假代理已变更", "An absence was changed";
    ABSENCE_CANCELLED = "absence.cancelled", "请假代理已取消", "An absence was cancelled";
}

crate::refusals! { ORGANISATION_REFUSALS:
    DEPARTMENT_LOOP = "organisation.department_loop", Invalid, "上级部门不能是本部门或其下级部门", "A department cannot stand below itself";
    DEPARTMENT_IS_CLOSED = "organisation.department_closed", Conflict, "部门“{name}”已撤销", "The department \"{name}\" is closed";
    DEPARTMENT_IN_USE = "organisation.department_in_use", Conflict, "部门尚有 {employees} 名员工、{departments} 个下级部门，不能撤销", "The department still has {employees} employees and {departments} departments below it";
    HEAD_UNKNOWN = "organisation.head_unavailable", Invalid, "部门负责人须为在职员工", "The head of a department must be employed";
    SUPERIOR_LOOP = "organisation.superior_loop", Invalid, "自 {date} 起上级关系将形成循环", "From {date} on the line of superiors would be a loop";
    SUPERIOR_UNAVAILABLE = "organisation.superior_unavailable", Invalid, "直接上级自该日起不在职", "The superior is not employed from that day on";
    MOVE_BEFORE_LATEST = "organisation.move_before_latest", Invalid, "调动日期不得早于最近一次调动（{earliest}）", "A move cannot be dated before the latest one ({earliest})";
    MOVE_AFTER_LEAVING = "organisation.move_after_leaving", Conflict, "调动日期须早于离职日期 {left_on}", "A move must be dated before the leaving on {left_on}";
    OPEN_MATTERS = "organisation.open_matters", Conflict, "该员工尚有 {count} 项未了事项，请先办结；确需先办理离职的，请在登记时予以确认", "The employee still has {count} open matters. Settle them first, or confirm when registering the leaving that they may stay open";
    OPEN_MATTER = "organisation.open_matter", Conflict, "{number} 尚未办结", "{number} has not been settled";
    NOT_EMPLOYED = "organisation.not_employed", Conflict, "该员工已离职", "The employee has left";
    LEAVES_BEFORE_JOINING = "organisation.leaves_before_joining", Invalid, "离职日期须晚于入职日期 {joined_on}", "The leaving must come after the joining on {joined_on}";
    NOT_LEAVING = "organisation.not_leaving", Conflict, "该员工没有待生效的离职登记", "No leaving is registered that has not come into effect";
    JOINED_ON_DIFFERS = "organisation.joined_on_differs", Invalid, "与登记的入职日期 {joined_on} 不同，导入不更改入职日期，请改正或留空", "The registered day of joining is {joined_on}; an import does not change it: correct the cell or leave it empty";
    USERNAME_DIFFERS = "organisation.username_differs", Invalid, "该员工的登录名是 {username}，导入不更改登录名，请改正或留空", "The employee's user name is {username}; an import does not change it: correct the cell or leave it empty";
    ZEROS_LOST = "organisation.zeros_lost", Invalid, "已有工号 {number}，仅前面的零不同，请按文本填写完整工号", "There is a number {number} that differs in leading zeros alone; write the whole number, as text";
    SUPERIORS_IN_CIRCLE = "organisation.superiors_in_circle", Invalid, "第 {rows} 行的上级关系形成循环，请更正其中一行的上级", "The superiors of rows {rows} form a circle; correct the superior of one of them";
    PERIOD_REVERSED = "organisation.period_reversed", Invalid, "结束日期不得早于开始日期", "The last day cannot be before the first";
    STAND_IN_IS_SELF = "organisation.stand_in_is_self", Invalid, "代理人不能是本人", "Nobody stands in for themselves";
    STAND_IN_UNAVAILABLE = "organisation.stand_in_unavailable", Invalid, "代理人在该期间不在职", "The stand-in is not employed throughout the period";
    STAND_IN_LOOP = "organisation.stand_in_loop", Conflict, "该期间内代理关系将形成循环", "Within the period the stand-ins would lead back to the absent person";
    ABSENCE_OVERLAPS = "organisation.absence_overlaps", Conflict, "与 {from} 至 {until} 的登记重叠", "It overlaps the absence from {from} to {until}";
    ABSENCE_IS_CANCELLED = "organisation.absence_cancelled", Conflict, "该登记已取消", "The absence was cancelled";
    DATE_NOT_SANE = "organisation.date_not_sane", Invalid, "日期须在 {min} 至 {max} 之间", "The date must lie between {min} and {max}";
}

/// What this noun brings to its wing.
pub(crate) const NOUN: &crate::spine::Noun = &crate::spine::Noun {
    refusals: &[
        ORGANISATION_REFUSALS,
        working_calendar::WORKING_CALENDAR_REFUSALS,
        working_calendar::hours::WORKING_HOURS_REFUSALS,
    ],
    events: &[ORGANISATION_EVENTS],
    enums: &[
        DepartmentAction::LABELS,
        EmployeeAction::LABELS,
        EmployeeState::LABELS,
        working_calendar::DayCode::LABELS,
        working_calendar::DayOfWeek::LABELS,
    ],
};
