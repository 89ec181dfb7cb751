//! Disputes over ownership, over HTTP. `[OWN-14]`

use crate::spine::{
    At, Can, Created, List, PathId, Reading, Reason, Reply, Routes, UnitOfWork, Valid, Wanted, routes,
};
use domain::{
    customer_file::CustomerId,
    ownership::{FactId, Share},
    ownership_dispute::{NewRuling, OwnershipDispute, SettlementKind, SettlementLine},
    spine::{AnyId, EmployeeId, Id, Money, perm},
};
use persistence::ownership_dispute::{self as disputes, DisputeFilter, DisputeView, deed};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

pub(crate) fn routes(into: &mut Routes) {
    routes!(
        into,
        "ownership-disputes",
        [
            list_ownership_disputes,
            open_ownership_dispute,
            show_ownership_dispute,
            add_dispute_evidence,
            mediate_ownership_dispute,
            rule_on_ownership_dispute,
            withdraw_ownership_dispute,
        ]
    );
}

/// List disputes over ownership. `[OWN-14, INT-4]`
///
/// Those in which the caller, or somebody below, is a party, and those of departments in reach; the newest first.
#[utoipa::path(get, path = "/api/v1/ownership-disputes")]
async fn list_ownership_disputes(
    who: Can<perm::ReadCustomers>,
    wanted: Wanted<DisputeFilter>,
    reading: Reading,
) -> List<DisputeView> {
    reading.list(who, wanted, disputes::list).await
}

/// Show a dispute over ownership. `[OWN-14]`
#[utoipa::path(get, path = "/api/v1/ownership-disputes/{id}")]
async fn show_ownership_dispute(
    who: Can<perm::ReadCustomers>,
    id: PathId<OwnershipDispute>,
    reading: Reading,
) -> Reply<DisputeView> {
    reading.read(who, move |reader| disputes::view(reader, *id)).await
}

/// What is disputed.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct OpenOwnershipDispute {
    /// Over which customer.
    customer_id: CustomerId,
    /// What is claimed, and why.
    #[validate(length(min = 1, max = 2000))]
    #[schema(min_length = 1, max_length = 2000, example = "客户三月一日先由我在城北接待并登记")]
    claim: String,
}

/// Dispute whose a customer is. `[OWN-14; 002 §5(二)10]`
///
/// Against whose the customer is and who has a part; one of a customer at a time. Until it is ended nobody transfers, assigns,
/// gives up or claims the customer, time takes them from nobody, and what open deals earn is held; deposits may be paid.
#[utoipa::path(post, path = "/api/v1/ownership-disputes")]
async fn open_ownership_dispute(
    who: Can<perm::RegisterCustomers>,
    body: Valid<OpenOwnershipDispute>,
    work: UnitOfWork,
) -> Created<DisputeView> {
    work.write(who, move |tx| {
        let dispute = deed::open(tx, body.customer_id, body.claim.clone())?;
        disputes::show(tx, dispute)
    })
    .await
}

/// What a party says.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct AddDisputeEvidence {
    /// What.
    #[validate(length(min = 1, max = 4000))]
    #[schema(min_length = 1, max_length = 4000)]
    content: String,
    /// Facts of the customer's ownership that prove it.
    #[serde(default)]
    #[validate(length(max = 50))]
    #[schema(max_items = 50)]
    fact_ids: Vec<AnyId>,
    /// Uploaded files that prove it.
    #[serde(default)]
    #[validate(length(max = 20))]
    #[schema(max_items = 20)]
    file_ids: Vec<AnyId>,
}

/// Give evidence in a dispute. `[OWN-14]`
///
/// By a party, until the day the policy sets.
#[utoipa::path(post, path = "/api/v1/ownership-disputes/{id}/add-evidence")]
async fn add_dispute_evidence(
    who: Can<perm::RegisterCustomers>,
    at: At<OwnershipDispute>,
    body: Valid<AddDisputeEvidence>,
    work: UnitOfWork,
) -> Reply<DisputeView> {
    work.moves(who, at, move |dispute, tx| {
        let facts = body.fact_ids.iter().map(|id| FactId::from_uuid(id.uuid())).collect();
        let files = body.file_ids.iter().map(|id| Id::from_uuid(id.uuid())).collect();
        deed::state_evidence(tx, dispute, body.content.clone(), (facts, files))
    })
    .await
}

/// What mediation came to.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct MediateOwnershipDispute {
    /// What came of it.
    #[validate(length(min = 1, max = 2000))]
    #[schema(min_length = 1, max_length = 2000, example = "双方各执一词，未达成一致")]
    note: String,
}

/// Mediate in a dispute. `[OWN-14]`
///
/// By somebody who is no party. A ruling comes after it.
#[utoipa::path(post, path = "/api/v1/ownership-disputes/{id}/mediate")]
async fn mediate_ownership_dispute(
    who: Can<perm::RuleOwnershipDisputes>,
    at: At<OwnershipDispute>,
    body: Valid<MediateOwnershipDispute>,
    work: UnitOfWork,
) -> Reply<DisputeView> {
    work.moves(who, at, move |dispute, tx| Ok(dispute.mediate(body.note.clone(), tx.actor(), tx.now())?))
        .await
}

/// Somebody's part.
#[derive(Clone, Copy, Debug, Deserialize, Serialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct RuledShare {
    /// Whose.
    employee_id: EmployeeId,
    /// How much of 10,000.
    #[validate(range(min = 1, max = 10_000))]
    #[schema(minimum = 1, maximum = 10_000)]
    bp: u32,
}

/// A line of a settlement.
#[derive(Clone, Debug, Deserialize, Serialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct SettleLine {
    /// What it is.
    kind: SettlementKind,
    /// Who pays or is given it; absent for the company.
    #[serde(default)]
    employee_id: Option<EmployeeId>,
    /// How much: more than nothing.
    amount: Money,
    /// What for; of a fund, its name.
    #[validate(length(min = 1, max = 200))]
    #[schema(min_length = 1, max_length = 200, example = "团队建设基金")]
    purpose: String,
}

/// A ruling.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct RuleOnOwnershipDispute {
    /// Whose the customer is from now on.
    owner_id: EmployeeId,
    /// How credit and commission are shared; all of it the owner's where absent.
    #[serde(default)]
    #[validate(length(max = 20), nested)]
    #[schema(max_items = 20)]
    shares: Vec<RuledShare>,
    /// Why.
    #[validate(length(min = 1, max = 4000))]
    #[schema(min_length = 1, max_length = 4000, example = "以来访登记为准，第一接触在先")]
    reasons: String,
    /// What is settled in money: commission, contributions and fines come in, awards and a fund go out, to exactly zero.
    #[serde(default)]
    #[validate(length(max = 100), nested)]
    #[schema(max_items = 100)]
    settlement: Vec<SettleLine>,
}

impl From<RuleOnOwnershipDispute> for NewRuling {
    fn from(body: RuleOnOwnershipDispute) -> Self {
        let RuleOnOwnershipDispute { owner_id, shares, reasons, settlement } = body;
        let share = |share: RuledShare| Share { employee: share.employee_id, bp: share.bp };
        let line = |line: SettleLine| {
            let SettleLine { kind, employee_id, amount, purpose } = line;
            SettlementLine { kind, employee: employee_id, amount, purpose }
        };
        Self {
            owner: owner_id,
            shares: shares.into_iter().map(share).collect(),
            reasons,
            settlement: settlement.into_iter().map(line).collect(),
        }
    }
}

/// Rule on a dispute. `[OWN-14, COM-9; 002 §5(二)10]`
///
/// Finally, by somebody who is no party, after mediation and once every party has spoken or the time for evidence is over.
/// Whose the customer is follows at once; what was signed before stays as it was frozen.
#[utoipa::path(post, path = "/api/v1/ownership-disputes/{id}/rule")]
async fn rule_on_ownership_dispute(
    who: Can<perm::RuleOwnershipDisputes>,
    at: At<OwnershipDispute>,
    body: Valid<RuleOnOwnershipDispute>,
    work: UnitOfWork,
) -> Reply<DisputeView> {
    work.moves(who, at, move |dispute, tx| deed::rule(tx, dispute, body.0.clone().into())).await
}

/// Withdraw a dispute. `[OWN-14]`
///
/// By whoever opened it. The customer stays whose they were.
#[utoipa::path(post, path = "/api/v1/ownership-disputes/{id}/withdraw")]
async fn withdraw_ownership_dispute(
    who: Can<perm::RegisterCustomers>,
    at: At<OwnershipDispute>,
    body: Valid<Reason>,
    work: UnitOfWork,
) -> Reply<DisputeView> {
    work.moves(who, at, move |dispute, tx| deed::withdraw(tx, dispute, body.reason.clone())).await
}
