//! The tasks within the caller's sight. `[TSK-1, INT-4]`

use super::row::{Row, pending_codes};
use crate::{
    organisation::{DEPARTMENT, EMPLOYEE, NamedRef, Organisation, PersonRef, Register},
    schema::tasks,
    search,
    spine::{
        Failure, Filter, Page, Reader, Refers, Several, Sight, Slice, View, Where, columns, narrow, orders,
        paged,
    },
};
use chrono::NaiveDate;
use diesel::prelude::*;
use domain::{
    spine::{AnyId, BusinessDate, DepartmentId, EmployeeId, Timestamp, Version},
    task::TaskState,
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

/// A task in a list.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = TaskSummary)]
pub struct TaskSummary {
    /// Its identity.
    pub id: AnyId,
    /// Its number.
    #[schema(max_length = 60, example = "TK-2026-000012")]
    pub number: String,
    /// What is to be done.
    #[schema(max_length = 200)]
    pub title: String,
    /// Who gave it.
    pub giver: PersonRef,
    /// Who owns it.
    pub owner: PersonRef,
    /// The department it is counted in.
    pub department: NamedRef,
    /// Where it stands.
    pub status: TaskState,
    /// The last day for it.
    pub due_on: NaiveDate,
    /// Whether the last day has passed, and it is not done.
    pub is_overdue: bool,
    /// The day it was done.
    pub done_on: Option<NaiveDate>,
    /// When it was given.
    pub given_at: Timestamp,
    /// When it last changed.
    pub changed_at: Timestamp,
    /// Its version, for `If-Match`.
    #[schema(minimum = 1)]
    pub version: Version,
}

impl View for TaskSummary {
    const REFERS: &'static [Refers] = &[
        Refers::to("department", &DEPARTMENT),
        Refers::to("giver", &EMPLOYEE),
        Refers::to("owner", &EMPLOYEE),
    ];
}

/// Whose tasks are wanted.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = WhoseTasks)]
pub enum Whose {
    /// Those one owns.
    #[default]
    Mine,
    /// Those one gave.
    Given,
    /// All that one may see.
    All,
}

domain::labels! { Whose = "WhoseTasks":
    Mine = "mine", "我负责的", "Owned by oneself";
    Given = "given", "我交办的", "Given by oneself";
    All = "all", "全部可见", "All that one may see";
}

/// Which tasks are wanted, and in what order.
#[derive(Clone, Debug, Default, Deserialize, Validate, IntoParams)]
#[serde(default)]
pub struct TaskFilter {
    /// Whose: those one owns where absent.
    #[param(inline)]
    pub whose: Whose,
    /// Only these states, separated by commas.
    #[param(inline, example = "open,in_progress")]
    pub status: Several<TaskState>,
    /// Only of this department.
    pub department_id: Option<DepartmentId>,
    /// Only of this owner.
    pub owner_id: Option<EmployeeId>,
    /// Only what comes from this record.
    pub origin_id: Option<AnyId>,
    /// Only what is overdue, or is not.
    pub overdue: Option<bool>,
    /// Only due on this day or later.
    #[serde(rename = "due_on[gte]")]
    pub due_from: Option<NaiveDate>,
    /// Only due on this day or before.
    #[serde(rename = "due_on[lte]")]
    pub due_to: Option<NaiveDate>,
    /// Only what changed at this instant or later.
    #[serde(rename = "changed_at[gte]")]
    pub changed_from: Option<Timestamp>,
    /// Only what changed before this instant.
    #[serde(rename = "changed_at[lt]")]
    pub changed_before: Option<Timestamp>,
    /// Only where this stands in number, title or the owner's name, however that is written or read.
    #[validate(length(min = 1, max = 100))]
    #[param(min_length = 1, max_length = 100, example = "hetong")]
    pub q: Option<String>,
    /// The order; a minus turns it round. What was given last first where absent.
    #[param(inline)]
    pub sort: TaskOrder,
}

impl Filter for TaskFilter {}

orders! {
    /// By what tasks are ordered.
    pub TaskOrder of Row in tasks by id, descending:
    given_at = id;
    changed_at;
    due_on;
}

/// Only what the caller may see.
fn within_sight(reader: &mut Reader<'_>, whose: Whose) -> Result<Where, Failure> {
    let (mut wanted, sight) = (Where::new(), Sight::of(reader));
    let (owned, given) = (tasks::owner_id.eq(sight.employee), tasks::giver_id.eq(sight.employee));
    match whose {
        Whose::Mine => wanted.also(owned),
        Whose::Given => wanted.also(given),
        Whose::All if sight.all => {}
        Whose::All => {
            let below = tasks::owner_id.eq_any(Organisation::below_caller(reader)?);
            wanted.also(owned.or(given).or(below).or(tasks::department_id.eq_any(sight.departments)));
        }
    }
    Ok(wanted)
}

/// Tasks within the caller's sight.
///
/// # Errors
/// Where the database fails.
pub fn list(
    reader: &mut Reader<'_>,
    filter: &TaskFilter,
    page: &Page,
) -> Result<Slice<TaskSummary>, Failure> {
    let today = reader.today();
    let mut wanted = within_sight(reader, filter.whose)?;
    narrow!(wanted, tasks, filter;
        status in status, department_id = department_id, owner_id = owner_id, origin = origin_id,
        due_on >= due_from, due_on <= due_to, changed_at >= changed_from, changed_at < changed_before);
    match filter.overdue {
        Some(true) => wanted.also(tasks::due_on.lt(today).and(tasks::status.eq_any(pending_codes()))),
        Some(false) => wanted.also(tasks::due_on.ge(today).or(tasks::status.ne_all(pending_codes()))),
        None => {}
    }
    search!(wanted, filter, tasks::search_text; tasks::owner_id);
    let found = paged!(reader, page, filter.sort, wanted; tasks::table => Row::as_select(); |row: &Row| row);
    let register = Register::of(reader)?;
    found.try_map(|row| summary(&register, today, row))
}

fn summary(register: &Register, today: BusinessDate, row: Row) -> Result<TaskSummary, Failure> {
    let corrupt = || Failure::corrupt("tasks", "status", row.id.0);
    let status = TaskState::from_code(&row.status).ok_or_else(corrupt)?;
    Ok(TaskSummary {
        id: row.id.into(),
        number: row.number,
        title: row.title,
        giver: register.named(row.giver_id.into())?,
        owner: register.named(row.owner_id.into())?,
        department: register.placed(row.department_id.into())?,
        status,
        due_on: row.due_on,
        is_overdue: status.is_pending() && row.due_on < today,
        done_on: row.done_on,
        given_at: row.given_at.into(),
        changed_at: row.changed_at.into(),
        version: row.version,
    })
}

columns! { TaskSummary as "tasks" "事项" "Tasks", domain::spine::Permission::ExportDuties:
    number "编号" "Number";
    title "事项" "Task";
    giver "交办人" "Given by";
    owner "负责人" "Owner";
    department "部门" "Department";
    status "状态" "Status";
    due_on "期限" "Due on";
    is_overdue "是否逾期" "Overdue";
    done_on "完成日期" "Done on";
    given_at "交办时间" "Given at";
    changed_at "更新时间" "Changed at";
}
