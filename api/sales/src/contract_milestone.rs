//! Milestones of contracts over HTTP. `[CON-2]`

use crate::spine::{
    At, Can, Created, List, PathId, Reading, Reason, Reply, Routes, UnitOfWork, Valid, Wanted, routes,
};
use chrono::NaiveDate;
use domain::{
    contract_milestone::{ContractMilestone, MilestoneKind},
    sales_contract::SalesContractId,
    spine::perm,
};
use persistence::contract_milestone::{self as milestones, ContractMilestoneFilter, ContractMilestoneView};
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

pub(crate) fn routes(into: &mut Routes) {
    routes!(
        into,
        "contract-milestones",
        [
            list_contract_milestones,
            set_contract_milestone,
            show_contract_milestone,
            reach_contract_milestone,
            drop_contract_milestone,
        ]
    );
}

/// List milestones of contracts. `[CON-2, INT-4]`
///
/// Of contracts of one's own, and of departments in reach. The newest first.
#[utoipa::path(get, path = "/api/v1/contract-milestones")]
async fn list_contract_milestones(
    who: Can<perm::ReadContracts>,
    wanted: Wanted<ContractMilestoneFilter>,
    reading: Reading,
) -> List<ContractMilestoneView> {
    reading.list(who, wanted, milestones::list).await
}

/// Show a milestone of a contract. `[CON-2]`
#[utoipa::path(get, path = "/api/v1/contract-milestones/{id}")]
async fn show_contract_milestone(
    who: Can<perm::ReadContracts>,
    id: PathId<ContractMilestone>,
    reading: Reading,
) -> Reply<ContractMilestoneView> {
    reading.read(who, move |reader| milestones::view(reader, *id)).await
}

/// A new milestone.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct SetContractMilestone {
    /// Of which contract.
    contract_id: SalesContractId,
    /// What kind it is.
    kind: MilestoneKind,
    /// What is to have come about.
    #[validate(length(min = 1, max = 200))]
    #[schema(min_length = 1, max_length = 200, example = "首批设备到货验收")]
    name: String,
    /// By the end of which day.
    due_on: NaiveDate,
}

/// Set a milestone of a contract. `[CON-2; 003 销售合同管理]`
///
/// Of a signed contract of one's own, or of a department in reach.
#[utoipa::path(post, path = "/api/v1/contract-milestones")]
async fn set_contract_milestone(
    who: Can<perm::SubmitContracts>,
    body: Valid<SetContractMilestone>,
    work: UnitOfWork,
) -> Created<ContractMilestoneView> {
    work.write(who, move |tx| {
        let SetContractMilestone { contract_id, kind, name, due_on } = body.0.clone();
        let milestone = milestones::set(tx, contract_id, (kind, name, due_on))?;
        milestones::show(tx, milestone)
    })
    .await
}

/// How a milestone was reached.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct ReachContractMilestone {
    /// The day.
    reached_on: NaiveDate,
    /// What shows it.
    #[validate(length(min = 1, max = 500))]
    #[schema(min_length = 1, max_length = 500, example = "到货验收单 3 号")]
    evidence: String,
}

/// Say that a milestone was reached. `[CON-2]`
///
/// On a day since the signature of its contract.
#[utoipa::path(post, path = "/api/v1/contract-milestones/{id}/reach")]
async fn reach_contract_milestone(
    who: Can<perm::SubmitContracts>,
    at: At<ContractMilestone>,
    body: Valid<ReachContractMilestone>,
    work: UnitOfWork,
) -> Reply<ContractMilestoneView> {
    work.moves(who, at, move |milestone, tx| {
        milestones::reach(tx, milestone, (body.reached_on, body.evidence.clone()))
    })
    .await
}

/// Drop a milestone. `[CON-2]`
#[utoipa::path(post, path = "/api/v1/contract-milestones/{id}/drop")]
async fn drop_contract_milestone(
    who: Can<perm::SubmitContracts>,
    at: At<ContractMilestone>,
    body: Valid<Reason>,
    work: UnitOfWork,
) -> Reply<ContractMilestoneView> {
    work.moves(who, at, move |milestone, tx| {
        Ok(milestone.drop_it(body.reason.clone(), tx.actor(), tx.now())?)
    })
    .await
}
