//! Monthly checks of contracts in the database: each problem becomes a task of the department that is asked. `[CON-2, TSK-1]`

/// What a check looks like, and those within the caller's sight.
pub mod view;

pub use view::{ContractCheckFilter, ContractCheckView, list, show, view};

use crate::{
    contract_milestone::late_in_reach,
    duty::{Filed, FiledRecord},
    file::DocumentKind,
    organisation::{Organisation, Register, referred},
    policy::Shipped,
    price_deviation::deed::own_department,
    sales_contract,
    schema::{contract_checks, sales_contracts},
    spine::{
        Failure, Instant, Key, Part, Reader, Sight, Stored, Tx, Where, db, guard, is_taken, reached, save_row,
    },
    task::deed::{Given, give_by_rule},
};
use diesel::prelude::*;
use domain::{
    approval::heads_above,
    contract_check::{CheckFigures, CheckFinding, ContractCheck, ContractCheckId, NOBODY_TO_ASK},
    sales_contract::{SalesContractId, SalesContractState},
    spine::{BusinessDate, DepartmentId, EmployeeId, Entity, Permission, Refusal, Version},
    task::{Origin, TaskContent},
    working_time::Period,
};
use serde_json::json;
use uuid::Uuid;

/// The rule that calls for checks.
const CHECK_RULE: &str = include_str!("shipped/contract_check_rule.json");

/// A check was filed: it is what its author owes for the month.
static FILED: Filed = Filed {
    source: "contract_check.filed",
    zh: "合同履行检查已提交",
    en: "A check of contracts was filed",
    event: "contract_check.filed",
    undone: &[],
    of: |reader, id| {
        let check = find_unscoped(reader, Key(id))?;
        Ok(Some(FiledRecord::Period {
            period: check.month,
            by: check.by,
            department: check.department,
            facts: json!({}),
        }))
    },
};

/// What this noun brings to its wing.
pub(crate) const NOUN: &[Part] = &[
    &FILED,
    &DocumentKind { kind: ContractCheck::KIND, may_read },
    &Shipped::text("duty-rule/contract-check", "合同履行检查", "004 定期检查", CHECK_RULE),
];

#[derive(Queryable, Selectable, Insertable, AsChangeset, Clone, Debug)]
#[diesel(table_name = contract_checks, treat_none_as_default_value = false, treat_none_as_null = true)]
struct Row {
    id: Key,
    department_id: Key,
    month: String,
    employee_id: Key,
    performing: i64,
    late_milestones: i64,
    findings: String,
    note: Option<String>,
    filed_at: Instant,
    version: Version,
}

impl Row {
    fn of(check: &ContractCheck) -> Result<Self, Failure> {
        let ContractCheck { id, department, month, by, figures, findings, note, filed_at, version } = check;
        let CheckFigures { performing, late_milestones } = figures;
        Ok(Self {
            id: (*id).into(),
            department_id: (*department).into(),
            month: month.to_string(),
            employee_id: (*by).into(),
            performing: *performing,
            late_milestones: *late_milestones,
            findings: serde_json::to_string(findings)?,
            note: note.clone(),
            filed_at: (*filed_at).into(),
            version: *version,
        })
    }

    fn check(self) -> Result<ContractCheck, Failure> {
        let corrupt = |_| Failure::corrupt("contract_checks", "month", self.id.0);
        Ok(ContractCheck {
            id: self.id.into(),
            department: self.department_id.into(),
            month: self.month.parse().map_err(corrupt)?,
            by: self.employee_id.into(),
            figures: CheckFigures { performing: self.performing, late_milestones: self.late_milestones },
            findings: serde_json::from_str(&self.findings)?,
            note: self.note,
            filed_at: self.filed_at.into(),
            version: self.version,
        })
    }
}

impl Stored<crate::Sales> for ContractCheck {
    fn save(&self, before: Option<&Self>, tx: &mut Tx<'_>) -> Result<(), Failure> {
        let row = Row::of(self)?;
        let saved = save_row!(tx, contract_checks, &row, before);
        if saved.as_ref().is_err_and(is_taken) {
            return Err(Self::is_there(self.month).into());
        }
        guard(saved?)
    }
}

/// A problem as somebody says it.
#[derive(Clone, Debug)]
pub struct Problem {
    /// About which contract.
    pub contract: SalesContractId,
    /// What is amiss.
    pub problem: String,
    /// What is asked for.
    pub request: String,
    /// Of which department.
    pub department: DepartmentId,
    /// By the end of which day.
    pub due_on: BusinessDate,
}

/// Files the check of a month: what the records show, and a task for each problem.
///
/// # Errors
/// `contract_check.filed_already`, `contract_check.ahead`, `contract_check.nobody_to_ask`; a contract out of sight; what is not well
/// formed.
pub fn file(
    tx: &mut Tx<'_>,
    month: Period,
    problems: Vec<Problem>,
    note: Option<String>,
) -> Result<ContractCheck, Failure> {
    let (now, today) = (tx.now(), tx.today());
    ContractCheck::check_month(month, today)?;
    let by = ContractCheck::checker(tx.actor())?;
    let said = problems.iter().map(|problem| (problem.problem.as_str(), problem.request.as_str()));
    ContractCheck::check_findings(said, note.as_deref())?;
    let (id, department) = (tx.id(), own_department(tx)?);
    let figures = CheckFigures { performing: performing(tx)?, late_milestones: late_in_reach(tx)? };
    let mut findings = Vec::with_capacity(problems.len());
    for (index, problem) in problems.into_iter().enumerate() {
        findings.push(ask(tx, (id, index), by, problem)?);
    }
    let check =
        ContractCheck { id, department, month, by, figures, findings, note, filed_at: now, version: 0 };
    tx.apply(ContractCheck::file(check))
}

/// How many contracts of departments in reach are being performed.
fn performing(reader: &mut Reader<'_>) -> Result<i64, Failure> {
    let mut wanted = reached!(Sight::of(reader), sales_contracts);
    wanted.also(sales_contracts::status.eq(SalesContractState::Signed.code()));
    Ok(db!(reader, |c| sales_contracts::table.filter(wanted).count().get_result(c))?)
}

/// Asks a department to see to a problem: a task of its head, or of the nearest above who did not find it.
fn ask(
    tx: &mut Tx<'_>,
    (check, index): (ContractCheckId, usize),
    by: EmployeeId,
    problem: Problem,
) -> Result<CheckFinding, Failure> {
    let at = |member: &str| format!("/findings/{index}/{member}");
    let Problem { contract, problem, request, department, due_on } = problem;
    let contract = referred(sales_contract::find(tx, contract), &at("contract_id"))?;
    referred(Register::of(tx)?.placed(department), &at("department_id"))?;
    let (organisation, today) = (Organisation::today(tx)?, tx.today());
    let may = |head: &EmployeeId| *head != by && organisation.works_here(*head, today);
    let owner = heads_above(&*organisation, department).find(may);
    let owner = owner.ok_or_else(|| Refusal::new(NOBODY_TO_ASK).at(at("department_id")))?;
    let description = format!("合同 {}：{problem}", contract.petition.number);
    let line = Some(i32::try_from(index).unwrap_or(i32::MAX));
    let origin = Some(Origin { kind: ContractCheck::KIND.to_owned(), id: check.uuid(), line });
    let content = TaskContent { title: request.clone(), description };
    let task = give_by_rule(tx, by, Given { content, owner, due_on, origin })?;
    Ok(CheckFinding { contract: contract.id, problem, request, department, due_on, task: task.id })
}

/// That a check is one's own, or of a department in reach.
fn covered(reader: &Reader<'_>) -> Where {
    reached!(Sight::of(reader), contract_checks, employee_id)
}

fn may_read(reader: &mut Reader<'_>, id: Uuid) -> Result<bool, Failure> {
    reader.seeing_by(Permission::ReadContracts, |reader| {
        let mut wanted = covered(reader);
        wanted.also(contract_checks::id.eq(Key(id)));
        let found: i64 = db!(reader, |c| contract_checks::table.filter(wanted).count().get_result(c))?;
        Ok(found > 0)
    })
}

fn find_unscoped(reader: &mut Reader<'_>, key: Key) -> Result<ContractCheck, Failure> {
    let row: Row = db!(reader, |c| contract_checks::table
        .filter(contract_checks::id.eq(key))
        .select(Row::as_select())
        .first(c))?;
    row.check()
}
