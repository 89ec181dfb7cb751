//! The compliance board: how timely duties were done, per person, department, rule, clause or month, read from tallies that
//! are kept with each change. `[DUT-4]`

use super::{
    list::{Whose, within_sight},
    tally::{TallyRow, month},
};
use crate::{
    organisation::{NamedRef, Organisation, PersonRef, Register},
    schema::{duties, duty_tallies as tallies},
    spine::{
        Failure, Filter, Instant, Key, Page, Reader, Several, Sight, Slice, ToCell, View, Where, columns, db,
        narrow,
    },
};
use diesel::prelude::*;
use domain::{
    duty::board::Tally,
    spine::{DepartmentId, EmployeeId},
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

/// By what the board is grouped.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = DutyBoardDimension)]
pub enum BoardDimension {
    /// The month of the due.
    Month,
    /// Who was responsible.
    Person,
    /// The department.
    Department,
    /// The rule.
    Rule,
    /// The clause.
    Clause,
}

domain::labels! { BoardDimension = "DutyBoardDimension":
    Month = "month", "月份", "Month";
    Person = "person", "责任人", "Person";
    Department = "department", "部门", "Department";
    Rule = "rule", "规则", "Rule";
    Clause = "clause", "条款", "Clause";
}

/// A row of the board.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = DutyBoardRow)]
pub struct BoardRow {
    /// The month of the due; null where it is not grouped by that.
    #[schema(max_length = 7, example = "2026-05")]
    pub month: Option<String>,
    /// Who was responsible; null where it is not grouped by that.
    pub person: Option<PersonRef>,
    /// The department; null where it is not grouped by that.
    pub department: Option<NamedRef>,
    /// The code of the rule; null where it is not grouped by that.
    #[schema(max_length = 100, example = "duty-rule/weekly-report")]
    pub rule_code: Option<String>,
    /// The clause; null where it is not grouped by that.
    #[schema(max_length = 200)]
    pub clause: Option<String>,
    /// All duties.
    pub raised: u64,
    /// Done before they were due.
    pub on_time: u64,
    /// Done within the grace.
    pub late: u64,
    /// Not done.
    pub missed: u64,
    /// Done after they were missed.
    pub made_up: u64,
    /// Excused by rule.
    pub excused: u64,
    /// Waived by a superior.
    pub waived: u64,
    /// Owed no longer.
    pub cancelled: u64,
    /// Done on time, in hundredths of a per cent of all that were neither excused, waived nor cancelled; null where
    /// there are none.
    pub rate_basis_points: Option<u64>,
}

impl View for BoardRow {}

/// What the board shows.
#[derive(Clone, Debug, Default, Deserialize, Validate, IntoParams)]
#[serde(default)]
pub struct BoardFilter {
    /// By what it is grouped, separated by commas; by person where absent.
    #[param(inline, max_items = 5, example = "department,rule")]
    pub group_by: Several<BoardDimension>,
    /// Whose duties: all that one may see where absent.
    #[param(inline)]
    pub whose: Option<Whose>,
    /// Only from this month on.
    #[serde(rename = "month[gte]")]
    #[validate(length(min = 7, max = 7))]
    #[param(min_length = 7, max_length = 7, example = "2026-01")]
    pub month_from: Option<String>,
    /// Only up to this month.
    #[serde(rename = "month[lte]")]
    #[validate(length(min = 7, max = 7))]
    #[param(min_length = 7, max_length = 7, example = "2026-12")]
    pub month_to: Option<String>,
    /// Only of this department.
    pub department_id: Option<DepartmentId>,
    /// Only of whoever was responsible.
    pub employee_id: Option<EmployeeId>,
    /// Only called for by this rule.
    #[validate(length(min = 1, max = 100))]
    #[param(min_length = 1, max_length = 100, example = "duty-rule/weekly-report")]
    pub rule_code: Option<String>,
}

impl Filter for BoardFilter {}

/// What identifies a row, in the order in which rows are shown.
type GroupKey = (Option<String>, Option<Key>, Option<Key>, Option<String>, Option<String>);

/// The board within the caller's sight.
///
/// # Errors
/// Where the database fails.
pub fn list(reader: &mut Reader<'_>, filter: &BoardFilter, page: &Page) -> Result<Slice<BoardRow>, Failure> {
    let by =
        if filter.group_by.0.is_empty() { vec![BoardDimension::Person] } else { filter.group_by.0.clone() };
    let mut groups: BTreeMap<GroupKey, Tally> = BTreeMap::new();
    for row in rows(reader, filter)? {
        let has = |dimension| by.contains(&dimension);
        let key = (
            has(BoardDimension::Month).then(|| row.month.clone()),
            has(BoardDimension::Department).then_some(row.department_id),
            has(BoardDimension::Person).then_some(row.employee_id),
            has(BoardDimension::Rule).then(|| row.rule_code.clone()),
            has(BoardDimension::Clause).then(|| row.clause.clone()),
        );
        add(groups.entry(key).or_default(), &row);
    }
    let register = Register::of(reader)?;
    let shown = |((month, department, person, rule_code, clause), tally): (GroupKey, Tally)| {
        let department = department.map(|id| register.placed(id.into())).transpose()?;
        let person = person.map(|id| register.named(id.into())).transpose()?;
        let rate_basis_points = tally.rate_basis_points();
        let Tally { raised, on_time, late, missed, made_up, excused, waived, cancelled } = tally;
        Ok(BoardRow {
            month,
            person,
            department,
            rule_code,
            clause,
            raised,
            on_time,
            late,
            missed,
            made_up,
            excused,
            waived,
            cancelled,
            rate_basis_points,
        })
    };
    let shown = groups.into_iter().map(shown).collect::<Result<Vec<_>, Failure>>()?;
    Ok(Slice::of(shown, page))
}

fn add(tally: &mut Tally, row: &TallyRow) {
    let count = |count: i64| u64::try_from(count).unwrap_or(0);
    tally.raised += count(row.raised);
    tally.on_time += count(row.on_time);
    tally.late += count(row.late);
    tally.missed += count(row.missed);
    tally.made_up += count(row.made_up);
    tally.excused += count(row.excused);
    tally.waived += count(row.waived);
    tally.cancelled += count(row.cancelled);
}

/// The tallies within sight, and what has been missed since a server last looked: no late sweep makes the board untrue.
fn rows(reader: &mut Reader<'_>, filter: &BoardFilter) -> Result<Vec<TallyRow>, Failure> {
    let mut wanted = within_sight!(reader, filter.whose.unwrap_or(Whose::All), tallies, employee_id);
    narrow!(wanted, tallies, filter;
        month >= month_from, month <= month_to, department_id = department_id, employee_id = employee_id,
        rule_code = rule_code);
    let mut rows: Vec<TallyRow> =
        db!(reader, |c| tallies::table.select(TallyRow::as_select()).filter(&wanted).load(c))?;
    rows.extend(missed_meanwhile(reader, filter)?);
    Ok(rows)
}

type MissedRow = (Instant, Option<Instant>, String, String, Key, Key);

fn missed_meanwhile(reader: &mut Reader<'_>, filter: &BoardFilter) -> Result<Vec<TallyRow>, Failure> {
    let (now, zone) = (Instant::from(reader.now()), reader.zone());
    let mut wanted = within_sight!(reader, filter.whose.unwrap_or(Whose::All), duties, responsible_id);
    narrow!(wanted, duties, filter;
        department_id = department_id, responsible_id = employee_id, rule_code = rule_code);
    let missed: Vec<MissedRow> = db!(reader, |c| duties::table
        .filter(duties::status.eq("pending").and(duties::tallied.eq("")).and(duties::missed_at.le(now)))
        .filter(&wanted)
        .select((
            duties::opens_at,
            duties::due_at,
            duties::rule_code,
            duties::clause,
            duties::department_id,
            duties::responsible_id,
        ))
        .load(c))?;
    let row = |(opens, due, rule_code, clause, department_id, employee_id): MissedRow| TallyRow {
        month: month(opens, due, zone),
        rule_code,
        clause,
        department_id,
        employee_id,
        raised: 0,
        on_time: 0,
        late: 0,
        missed: 1,
        made_up: 0,
        excused: 0,
        waived: 0,
        cancelled: 0,
    };
    let fits = |row: &TallyRow| {
        filter.month_from.as_ref().is_none_or(|from| row.month >= *from)
            && filter.month_to.as_ref().is_none_or(|to| row.month <= *to)
    };
    Ok(missed.into_iter().map(row).filter(fits).collect())
}

columns! { BoardRow as "duty-board" "应办事项统计" "Compliance board", domain::spine::Permission::ExportDuties:
    month "月份" "Month";
    department "部门" "Department" = |row| row.department.cell();
    person "责任人" "Person" = |row| row.person.cell();
    rule_code "规则" "Rule";
    clause "条款" "Clause";
    raised "应办" "Raised" = |row| i64::try_from(row.raised).unwrap_or(i64::MAX);
    on_time "按时" "On time" = |row| i64::try_from(row.on_time).unwrap_or(i64::MAX);
    late "逾期" "Late" = |row| i64::try_from(row.late).unwrap_or(i64::MAX);
    missed "未完成" "Missed" = |row| i64::try_from(row.missed).unwrap_or(i64::MAX);
    made_up "补办" "Made up" = |row| i64::try_from(row.made_up).unwrap_or(i64::MAX);
    excused "免责" "Excused" = |row| i64::try_from(row.excused).unwrap_or(i64::MAX);
    waived "豁免" "Waived" = |row| i64::try_from(row.waived).unwrap_or(i64::MAX);
    cancelled "取消" "Cancelled" = |row| i64::try_from(row.cancelled).unwrap_or(i64::MAX);
    rate_basis_points "按时率（万分之）" "Rate in basis points"
        = |row| row.rate_basis_points.map(|rate| i64::try_from(rate).unwrap_or(i64::MAX));
}
