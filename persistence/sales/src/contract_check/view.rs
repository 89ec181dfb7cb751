//! What a check looks like, with what came of its findings, and the checks within the caller's sight. `[CON-2, INT-4]`

use super::{Row, covered};
use crate::{
    organisation::{DEPARTMENT, EMPLOYEE, NamedRef, PersonRef, Register},
    schema::{contract_checks, tasks},
    spine::{Failure, Filter, Key, Page, Reader, Refers, Slice, View, columns, db, narrow, orders, paged},
};
use chrono::NaiveDate;
use diesel::prelude::*;
use domain::{
    contract_check::{CheckFinding, ContractCheck, ContractCheckId},
    sales_contract::SalesContractId,
    spine::{AnyId, DepartmentId, EmployeeId, Id, Timestamp, Version},
    task::{Task, TaskState},
};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

/// A check of contracts.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = ContractCheck)]
pub struct ContractCheckView {
    /// Its identity.
    pub id: ContractCheckId,
    /// The department of whoever checked.
    pub department: NamedRef,
    /// Of which month.
    #[schema(max_length = 7, example = "2026-03")]
    pub month: String,
    /// Who checked.
    pub employee: PersonRef,
    /// How many contracts of departments in reach were being performed.
    #[schema(minimum = 0)]
    pub performing: i64,
    /// How many of their milestones were open beyond their day.
    #[schema(minimum = 0)]
    pub late_milestones: i64,
    /// What was found.
    #[schema(max_items = 100)]
    pub findings: Vec<CheckFindingView>,
    /// What is said beside.
    #[schema(max_length = 2000)]
    pub note: Option<String>,
    /// When it was filed.
    pub filed_at: Timestamp,
    /// Its version.
    #[schema(minimum = 1)]
    pub version: Version,
}

/// Something that was found, and what came of it.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = ContractCheckFinding)]
pub struct CheckFindingView {
    /// About which contract.
    pub contract_id: SalesContractId,
    /// What is amiss.
    #[schema(max_length = 500)]
    pub problem: String,
    /// What is asked for.
    #[schema(max_length = 200)]
    pub request: String,
    /// Of which department.
    pub department: NamedRef,
    /// By the end of which day.
    pub due_on: NaiveDate,
    /// The task that was given for it.
    pub task_id: AnyId,
    /// Where that stands.
    pub task_status: TaskState,
    /// Whether it is settled: the task was accepted.
    pub is_settled: bool,
}

impl View for ContractCheckView {
    const REFERS: &'static [Refers] =
        &[Refers::to("department", &DEPARTMENT), Refers::to("employee", &EMPLOYEE)];
    fn version(&self) -> Option<Version> {
        Some(self.version)
    }
    fn location(&self) -> Option<String> {
        Some(format!("/api/v1/contract-checks/{}", self.id))
    }
}

/// One check, if the caller may see it.
///
/// # Errors
/// Not found where they may not.
pub fn view(reader: &mut Reader<'_>, id: ContractCheckId) -> Result<ContractCheckView, Failure> {
    let (mut wanted, key) = (covered(reader), Key::from(id));
    wanted.also(contract_checks::id.eq(key));
    let row: Row = db!(reader, |c| contract_checks::table.filter(wanted).select(Row::as_select()).first(c))?;
    show(reader, row.check()?)
}

/// How a check at hand is shown.
///
/// # Errors
/// Where the database fails.
pub fn show(reader: &mut Reader<'_>, check: ContractCheck) -> Result<ContractCheckView, Failure> {
    let (register, states) = (Register::of(reader)?, states(reader, &[&check])?);
    shown(&register, &states, check)
}

/// Where the tasks of checks stand.
fn states(
    reader: &mut Reader<'_>,
    checks: &[&ContractCheck],
) -> Result<HashMap<Id<Task>, TaskState>, Failure> {
    let of = |check: &&ContractCheck| check.findings.iter().map(|finding| finding.task).collect::<Vec<_>>();
    let keys: Vec<Key> = checks.iter().flat_map(of).map(Key::from).collect();
    let rows: Vec<(Key, String)> = db!(reader, |c| tasks::table
        .filter(tasks::id.eq_any(&keys))
        .select((tasks::id, tasks::status))
        .load(c))?;
    let read = |(id, status): (Key, String)| {
        let state = TaskState::from_code(&status);
        Ok((id.into(), state.ok_or_else(|| Failure::corrupt("tasks", "status", id.0))?))
    };
    rows.into_iter().map(read).collect()
}

fn shown(
    register: &Register,
    states: &HashMap<Id<Task>, TaskState>,
    check: ContractCheck,
) -> Result<ContractCheckView, Failure> {
    let finding = |finding: CheckFinding| {
        let status = states.get(&finding.task).copied().ok_or(Failure::NotFound)?;
        Ok(CheckFindingView {
            contract_id: finding.contract,
            problem: finding.problem,
            request: finding.request,
            department: register.placed(finding.department)?,
            due_on: finding.due_on,
            task_id: finding.task.uuid().into(),
            task_status: status,
            is_settled: status == TaskState::Accepted,
        })
    };
    Ok(ContractCheckView {
        id: check.id,
        department: register.placed(check.department)?,
        month: check.month.to_string(),
        employee: register.named(check.by)?,
        performing: check.figures.performing,
        late_milestones: check.figures.late_milestones,
        findings: check.findings.into_iter().map(finding).collect::<Result<_, Failure>>()?,
        note: check.note,
        filed_at: check.filed_at,
        version: check.version,
    })
}

/// Which checks are wanted, and in what order.
#[derive(Clone, Debug, Default, Deserialize, Validate, IntoParams)]
#[serde(default)]
pub struct ContractCheckFilter {
    /// Only of this month.
    #[validate(length(min = 7, max = 7))]
    #[param(min_length = 7, max_length = 7, example = "2026-03")]
    pub month: Option<String>,
    /// Only of this department.
    pub department_id: Option<DepartmentId>,
    /// Only of this person.
    pub employee_id: Option<EmployeeId>,
    /// The order; a minus turns it round. The newest first where absent.
    #[param(inline)]
    pub sort: ContractCheckOrder,
}

impl Filter for ContractCheckFilter {}

orders! {
    /// By what checks are ordered.
    pub ContractCheckOrder of Row in contract_checks by id, descending:
    created_at = id;
    month;
}

/// Checks within the caller's sight.
///
/// # Errors
/// Where the database fails.
pub fn list(
    reader: &mut Reader<'_>,
    filter: &ContractCheckFilter,
    page: &Page,
) -> Result<Slice<ContractCheckView>, Failure> {
    let mut wanted = covered(reader);
    narrow!(wanted, contract_checks, filter;
        month = month, department_id = department_id, employee_id = employee_id);
    let found = paged!(reader, page, filter.sort, wanted;
        contract_checks::table => Row::as_select(); |row: &Row| row);
    let found = found.try_map(Row::check)?;
    let states = states(reader, &found.data.iter().collect::<Vec<_>>())?;
    let register = Register::of(reader)?;
    found.try_map(|check| shown(&register, &states, check))
}

columns! { ContractCheckView as "contract-checks" "合同履行检查" "Checks of contracts", domain::spine::Permission::ExportSales:
    month "月份" "Month";
    department "部门" "Department";
    employee "检查人" "Checked by";
    performing "履行中合同" "Being performed";
    late_milestones "逾期节点" "Late milestones";
    findings "发现问题" "Findings" = |row| i64::try_from(row.findings.len()).unwrap_or(i64::MAX);
    note "说明" "Note";
    filed_at "提交时间" "Filed at";
}
