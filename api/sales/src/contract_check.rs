//! Monthly checks of contracts over HTTP. `[CON-2]`

use crate::spine::{Can, Created, List, PathId, Reading, Reply, Routes, UnitOfWork, Valid, Wanted, routes};
use chrono::NaiveDate;
use domain::{
    contract_check::ContractCheck,
    sales_contract::SalesContractId,
    spine::{DepartmentId, perm},
};
use persistence::contract_check::{self as checks, ContractCheckFilter, ContractCheckView, Problem};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

pub(crate) fn routes(into: &mut Routes) {
    routes!(into, "contract-checks", [list_contract_checks, file_contract_check, show_contract_check]);
}

/// List checks of contracts. `[CON-2, INT-4]`
///
/// One's own, and of departments in reach, with where the tasks stand that were given for what was found. The newest first.
#[utoipa::path(get, path = "/api/v1/contract-checks")]
async fn list_contract_checks(
    who: Can<perm::ReadContracts>,
    wanted: Wanted<ContractCheckFilter>,
    reading: Reading,
) -> List<ContractCheckView> {
    reading.list(who, wanted, checks::list).await
}

/// Show a check of contracts. `[CON-2]`
#[utoipa::path(get, path = "/api/v1/contract-checks/{id}")]
async fn show_contract_check(
    who: Can<perm::ReadContracts>,
    id: PathId<ContractCheck>,
    reading: Reading,
) -> Reply<ContractCheckView> {
    reading.read(who, move |reader| checks::view(reader, *id)).await
}

/// Something that was found.
#[derive(Clone, Debug, Deserialize, Serialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = FileContractCheckFinding)]
struct Found {
    /// About which contract.
    contract_id: SalesContractId,
    /// What is amiss.
    #[validate(length(min = 1, max = 500))]
    #[schema(min_length = 1, max_length = 500, example = "第二批交付已逾期 12 天")]
    problem: String,
    /// What is asked for.
    #[validate(length(min = 1, max = 200))]
    #[schema(min_length = 1, max_length = 200, example = "安排补发并回复客户")]
    request: String,
    /// Of which department.
    department_id: DepartmentId,
    /// By the end of which day.
    due_on: NaiveDate,
}

/// A check of contracts.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct FileContractCheck {
    /// Of which month.
    #[validate(length(min = 7, max = 7))]
    #[schema(min_length = 7, max_length = 7, example = "2026-03")]
    month: String,
    /// What was found, where anything was.
    #[serde(default)]
    #[validate(length(max = 100), nested)]
    #[schema(max_items = 100)]
    findings: Vec<Found>,
    /// What is said beside.
    #[serde(default)]
    #[validate(length(min = 1, max = 2000))]
    #[schema(min_length = 1, max_length = 2000)]
    note: Option<String>,
}

/// File the check of contracts of a month. `[CON-2, TSK-1; 004 定期检查]`
///
/// Once a month for the caller's department; it fulfils what they owe for the month. Each problem becomes a task of the head of the
/// department that is asked, given in the caller's name, and is settled once they accept it.
#[utoipa::path(post, path = "/api/v1/contract-checks")]
async fn file_contract_check(
    who: Can<perm::SuperviseContracts>,
    body: Valid<FileContractCheck>,
    work: UnitOfWork,
) -> Created<ContractCheckView> {
    work.write(who, move |tx| {
        let FileContractCheck { month, findings, note } = body.0.clone();
        let month = crate::commission_statement::month(&month)?;
        let problem = |Found { contract_id, problem, request, department_id, due_on }| Problem {
            contract: contract_id,
            problem,
            request,
            department: department_id,
            due_on,
        };
        let check = checks::file(tx, month, findings.into_iter().map(problem).collect(), note)?;
        checks::show(tx, check)
    })
    .await
}
