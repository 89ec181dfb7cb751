//! The duties within the caller's sight. `[DUT-2j, INT-4]`

use super::{World, row::Row};
use crate::{
    organisation::{DEPARTMENT, EMPLOYEE, NamedRef, Organisation, PersonRef, Register},
    schema::duties,
    search,
    spine::{
        Cell, Failure, Filter, Page, Reader, Refers, Several, Sight, Slice, View, Where, columns, narrow,
        orders, paged,
    },
};
use diesel::prelude::*;
use domain::{
    approval::Label,
    duty::{Duty, DutyState},
    spine::{AnyId, DepartmentId, EmployeeId, Timestamp, Version},
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

/// A duty in a list.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = DutySummary)]
pub struct DutySummary {
    /// Its identity.
    pub id: AnyId,
    /// What it is called.
    pub name: Label,
    /// The code of the rule that calls for it.
    #[schema(max_length = 100, example = "duty-rule/weekly-report")]
    pub rule_code: String,
    /// The clause it enforces.
    #[schema(max_length = 200)]
    pub clause: String,
    /// What it is owed for.
    #[schema(max_length = 40, example = "2026-W20")]
    pub occasion: String,
    /// Who is responsible now.
    pub responsible: PersonRef,
    /// The department it is counted in.
    pub department: NamedRef,
    /// Where it stands at this instant.
    pub status: DutyState,
    /// When it shows.
    pub opens_at: Timestamp,
    /// When it is due.
    pub due_at: Option<Timestamp>,
    /// When it last changed.
    pub changed_at: Timestamp,
    /// Its version, for `If-Match`.
    #[schema(minimum = 1)]
    pub version: Version,
}

impl View for DutySummary {
    const REFERS: &'static [Refers] =
        &[Refers::to("department", &DEPARTMENT), Refers::to("responsible", &EMPLOYEE)];
}

/// Whose duties are wanted.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = WhoseDuties)]
pub enum Whose {
    /// One's own.
    #[default]
    Mine,
    /// Those of everybody below one.
    Line,
    /// All that one may see.
    All,
}

domain::labels! { Whose = "WhoseDuties":
    Mine = "mine", "本人", "One's own";
    Line = "line", "下属", "Of those below one";
    All = "all", "全部可见", "All that one may see";
}

/// Which duties are wanted, and in what order.
#[derive(Clone, Debug, Default, Deserialize, Validate, IntoParams)]
#[serde(default)]
pub struct DutyFilter {
    /// Whose: one's own where absent.
    #[param(inline)]
    pub whose: Whose,
    /// Only these states, separated by commas.
    #[param(inline, example = "open,overdue")]
    pub status: Several<DutyState>,
    /// Only called for by this rule.
    #[validate(length(min = 1, max = 100))]
    #[param(min_length = 1, max_length = 100, example = "duty-rule/weekly-report")]
    pub rule_code: Option<String>,
    /// Only owed for this.
    #[validate(length(min = 1, max = 40))]
    #[param(min_length = 1, max_length = 40, example = "2026-W20")]
    pub occasion: Option<String>,
    /// Only of this department.
    pub department_id: Option<DepartmentId>,
    /// Only of whoever is responsible.
    pub responsible_id: Option<EmployeeId>,
    /// Only due at this instant or later.
    #[serde(rename = "due_at[gte]")]
    pub due_from: Option<Timestamp>,
    /// Only due before this instant.
    #[serde(rename = "due_at[lt]")]
    pub due_before: Option<Timestamp>,
    /// Only what changed at this instant or later.
    #[serde(rename = "changed_at[gte]")]
    pub changed_from: Option<Timestamp>,
    /// Only what changed before this instant.
    #[serde(rename = "changed_at[lt]")]
    pub changed_before: Option<Timestamp>,
    /// Only where this stands in the rule's code, the clause or the name of who is responsible, however that is read.
    #[validate(length(min = 1, max = 100))]
    #[param(min_length = 1, max_length = 100, example = "lina")]
    pub q: Option<String>,
    /// The order; a minus turns it round. What was raised last first where absent.
    #[param(inline)]
    pub sort: DutyOrder,
}

impl Filter for DutyFilter {}

orders! {
    /// By what duties are ordered.
    pub DutyOrder of Row in duties by id, descending:
    raised_at = id;
    changed_at;
}

/// Where a duty stands is a function of what is stored and the clock: so is the condition.
fn standing(state: DutyState, now: Timestamp) -> Where {
    let (mut wanted, at) = (Where::new(), crate::spine::Instant::from(now));
    let pending = duties::status.eq("pending");
    let fulfilled = duties::status.eq("fulfilled");
    let kept = |status: &'static str| duties::status.eq(status);
    match state {
        DutyState::Scheduled => wanted.also(pending.and(duties::opens_at.gt(at))),
        DutyState::Open => {
            wanted.also(pending.and(duties::opens_at.le(at)));
            wanted.also(duties::overdue_at.is_null().or(duties::overdue_at.gt(at)));
        }
        DutyState::Overdue => {
            wanted.also(pending.and(duties::opens_at.le(at)).and(duties::overdue_at.le(at)));
            wanted.also(duties::missed_at.is_null().or(duties::missed_at.gt(at)));
        }
        DutyState::Missed => {
            wanted.also(pending.and(duties::opens_at.le(at)).and(duties::missed_at.le(at)));
        }
        DutyState::OnTime | DutyState::Late | DutyState::MadeUp => {
            wanted.also(fulfilled.and(duties::tallied.eq(state.code())));
        }
        DutyState::Reported => wanted.also(kept("reported")),
        DutyState::Waived => wanted.also(kept("waived")),
        DutyState::Excused => wanted.also(kept("excused")),
        DutyState::Cancelled => wanted.also(kept("cancelled")),
    }
    wanted
}

/// The rows of a table that are whose they are asked for, as far as the caller may see them: their own, those of everybody
/// below them, and what lies within reach.
macro_rules! within_sight {
    ($reader:expr, $whose:expr, $table:ident, $person:ident) => {{
        let (mut wanted, sight) = (Where::new(), Sight::of($reader));
        let own = $table::$person.eq(sight.employee);
        match $whose {
            Whose::Mine => wanted.also(own),
            Whose::Line => wanted.also($table::$person.eq_any(Organisation::below_caller($reader)?)),
            Whose::All if sight.all => {}
            Whose::All => {
                let below = $table::$person.eq_any(Organisation::below_caller($reader)?);
                wanted.also(own.or(below).or($table::department_id.eq_any(sight.departments)));
            }
        }
        wanted
    }};
}
pub(super) use within_sight;

/// Duties within the caller's sight.
///
/// # Errors
/// Where the database fails.
pub fn list(
    reader: &mut Reader<'_>,
    filter: &DutyFilter,
    page: &Page,
) -> Result<Slice<DutySummary>, Failure> {
    let now = reader.now();
    let mut wanted = within_sight!(reader, filter.whose, duties, responsible_id);
    narrow!(wanted, duties, filter;
        rule_code = rule_code, occasion = occasion, department_id = department_id,
        responsible_id = responsible_id, due_at >= due_from, due_at < due_before,
        changed_at >= changed_from, changed_at < changed_before);
    wanted.also_any(filter.status.0.iter().map(|state| standing(*state, now)).collect());
    search!(wanted, filter, duties::rule_code; duties::responsible_id);
    let found = paged!(reader, page, filter.sort, wanted; duties::table => Row::as_select(); |row: &Row| row);
    let (register, world) = (Register::of(reader)?, World::today(reader)?);
    found.try_map(|row| summary(&register, &world, now, row))
}

fn summary(register: &Register, world: &World, now: Timestamp, row: Row) -> Result<DutySummary, Failure> {
    let (responsible, department) = (row.responsible_id, row.department_id);
    let changed_at = row.changed_at.into();
    let duty = Duty::try_from(row)?;
    Ok(DutySummary {
        id: duty.id.uuid().into(),
        name: world.rules.version(&duty.rule)?.content.name.clone(),
        status: duty.state(now),
        rule_code: duty.rule.code,
        clause: duty.clause,
        occasion: duty.occasion.to_string(),
        responsible: register.named(responsible.into())?,
        department: register.placed(department.into())?,
        opens_at: duty.times.opens,
        due_at: duty.times.due,
        changed_at,
        version: duty.version,
    })
}

columns! { DutySummary as "duties" "应办事项" "Duties", domain::spine::Permission::ExportDuties:
    name "事项" "Duty" = |duty| Cell::from((duty.name.zh.as_str(), duty.name.en.as_str()));
    occasion "期间" "Occasion";
    responsible "责任人" "Responsible";
    department "部门" "Department";
    status "状态" "Status";
    opens_at "开始时间" "Opens at";
    due_at "截止时间" "Due at";
    clause "依据条款" "Clause";
    changed_at "更新时间" "Changed at";
}
