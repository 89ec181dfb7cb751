//! The manager's monthly check of contracts (合同履行检查): how many are being performed, which milestones are late, and what was found:
//! each problem goes to a department as a task, and is settled once that is accepted. `[CON-2; 004 定期检查]`

use crate::{
    dated,
    sales_contract::SalesContractId,
    spine::{
        Actor, BusinessDate, Change, Citation, DepartmentId, EmployeeId, Entity, Findings, Id, Refusal,
        Timestamp, Version, codes, wording,
    },
    task::Task,
    working_time::Period,
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use uuid::Uuid;

/// The id of a check.
pub type ContractCheckId = Id<ContractCheck>;

crate::refusals! { CONTRACT_CHECK_REFUSALS:
    CHECK_NOT_A_MONTH = "contract_check.not_a_month", Invalid, "检查须指明月份", "A check is of a month";
    CHECK_AHEAD = "contract_check.ahead", Invalid, "{month} 尚未开始，不能检查", "{month} has not begun; there is nothing to check";
    CHECKED_ALREADY = "contract_check.filed_already", Conflict, "{month} 的合同检查已提交", "The check of {month} is filed already";
    CHECK_NO_EMPLOYEE = "contract_check.no_employee", Forbidden, "该账号没有对应的员工，不能检查合同", "The account has no employee, and checks nothing";
    NOBODY_TO_ASK = "contract_check.nobody_to_ask", Invalid, "该部门及其上级没有可受理的负责人", "Neither the department nor any above it has a head who could see to it";
}

crate::events! { CONTRACT_CHECK_EVENTS:
    FILED = "contract_check.filed", "合同履行检查已提交", "A check of contracts was filed";
}

/// What this noun brings to its wing.
pub(crate) const NOUN: &crate::spine::Noun = &crate::spine::Noun {
    refusals: &[CONTRACT_CHECK_REFUSALS],
    events: &[CONTRACT_CHECK_EVENTS],
    enums: &[],
};

/// At most so many findings.
const FINDINGS_MAX: usize = 100;

/// Something that was found about a contract, and who is asked to see to it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct CheckFinding {
    /// About which contract.
    pub contract: SalesContractId,
    /// What is amiss: 1 to 500 characters.
    pub problem: String,
    /// What is asked for: 1 to 200 characters.
    pub request: String,
    /// Of which department.
    pub department: DepartmentId,
    /// By the end of which day.
    pub due_on: BusinessDate,
    /// The task that was given for it; what came of it is settled once that is accepted.
    pub task: Id<Task>,
}

/// What the records showed when it was filed.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct CheckFigures {
    /// How many contracts of the department and those below were being performed.
    pub performing: i64,
    /// How many of their milestones were open beyond their day.
    pub late_milestones: i64,
}

/// A check of the contracts of a department and those below.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct ContractCheck {
    /// Identity.
    pub id: ContractCheckId,
    /// The department of whoever checked.
    pub department: DepartmentId,
    /// Of which month.
    pub month: Period,
    /// Who checked.
    pub by: EmployeeId,
    /// What the records showed.
    pub figures: CheckFigures,
    /// What was found, where anything was.
    pub findings: Vec<CheckFinding>,
    /// What is said beside: up to 2,000 characters.
    pub note: Option<String>,
    /// When it was filed.
    pub filed_at: Timestamp,
    /// Counts its states.
    pub version: Version,
}

impl Entity for ContractCheck {
    const KIND: &'static str = "contract_check";
    fn uuid(&self) -> Uuid {
        self.id.uuid()
    }
    fn version(&self) -> Version {
        self.version
    }
    fn version_mut(&mut self) -> &mut Version {
        &mut self.version
    }
}

impl ContractCheck {
    /// Whether a period is a month that has begun.
    ///
    /// # Errors
    /// `contract_check.not_a_month`, `contract_check.ahead`.
    pub fn check_month(month: Period, today: BusinessDate) -> Result<(), Refusal> {
        dated::check_month(month, today, (CHECK_NOT_A_MONTH, CHECK_AHEAD)).map_err(cite)
    }

    /// That there is one of this month and department already.
    pub fn is_there(month: Period) -> Refusal {
        cite(Refusal::new(CHECKED_ALREADY).with("month", month.to_string()))
    }

    /// Who checks: the caller's employee.
    ///
    /// # Errors
    /// `contract_check.no_employee`.
    pub fn checker(by: &Actor) -> Result<EmployeeId, Refusal> {
        by.employee.ok_or_else(|| cite(Refusal::new(CHECK_NO_EMPLOYEE)))
    }

    /// Looks at what was found before tasks are given for it.
    ///
    /// # Errors
    /// What is not well formed, all of it named.
    pub fn check_findings<'a>(
        said: impl ExactSizeIterator<Item = (&'a str, &'a str)>,
        note: Option<&str>,
    ) -> Result<(), Refusal> {
        let mut findings = Findings::new();
        wording::check_optional(&mut findings, "/note", note, 2_000);
        if said.len() > FINDINGS_MAX {
            let range = [("min", json!(0)), ("max", json!(FINDINGS_MAX))];
            findings.add_with("/findings", codes::OUT_OF_RANGE, range);
        }
        for (index, (problem, request)) in said.enumerate() {
            wording::check(&mut findings, &format!("/findings/{index}/problem"), problem, 500);
            wording::check(&mut findings, &format!("/findings/{index}/request"), request, 200);
        }
        findings.into_result().map_err(cite)
    }

    /// Files it.
    pub fn file(check: Self) -> Change<Self> {
        let facts = check.facts();
        Change::created(check, FILED, facts)
    }

    fn facts(&self) -> Value {
        json!({"department_id": self.department, "month": self.month, "employee_id": self.by,
            "performing": self.figures.performing, "late_milestones": self.figures.late_milestones,
            "findings": self.findings.len()})
    }
}

fn cite(refusal: Refusal) -> Refusal {
    refusal.citing(Citation::clause("CON-2", "004 定期检查"))
}
