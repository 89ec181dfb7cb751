//! What partners are paid of sales over HTTP, and for a month, settled by expense claims. `[COM-12]`

use crate::{
    commission_statement::month,
    spine::{At, Can, Created, List, PathId, Reading, Reply, Routes, UnitOfWork, Valid, Wanted, routes},
};
use domain::{
    partner::PartnerId,
    partner_commission::PartnerSettlement,
    spine::{AnyId, Id, perm},
};
use persistence::partner_commission::{
    self as commissions, PartnerCommissionFilter, PartnerCommissionView,
    settlement::{self as settlements, PartnerSettlementFilter, PartnerSettlementView},
};
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

pub(crate) fn routes(into: &mut Routes) {
    routes!(
        into,
        "partners",
        [
            list_partner_commissions,
            list_partner_settlements,
            compile_partner_settlement,
            show_partner_settlement,
            claim_partner_settlement,
        ]
    );
}

/// List what partners are paid of sales. `[COM-12, INT-4]`
///
/// Of sales of departments in reach: the rate that froze, and what is booked by what was received. The newest first.
#[utoipa::path(get, path = "/api/v1/partner-commissions")]
async fn list_partner_commissions(
    who: Can<perm::ReadCommission>,
    wanted: Wanted<PartnerCommissionFilter>,
    reading: Reading,
) -> List<PartnerCommissionView> {
    reading.list(who, wanted, commissions::list).await
}

/// List settlements of partners. `[COM-12, INT-4]`
///
/// Of departments in reach. The newest first.
#[utoipa::path(get, path = "/api/v1/partner-settlements")]
async fn list_partner_settlements(
    who: Can<perm::ReadCommission>,
    wanted: Wanted<PartnerSettlementFilter>,
    reading: Reading,
) -> List<PartnerSettlementView> {
    reading.list(who, wanted, settlements::list).await
}

/// Show a settlement of a partner. `[COM-12]`
#[utoipa::path(get, path = "/api/v1/partner-settlements/{id}")]
async fn show_partner_settlement(
    who: Can<perm::ReadCommission>,
    id: PathId<PartnerSettlement>,
    reading: Reading,
) -> Reply<PartnerSettlementView> {
    reading.read(who, move |reader| settlements::view(reader, *id)).await
}

/// Whose, and which month.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct CompilePartnerSettlement {
    /// Whose.
    partner_id: PartnerId,
    /// The month.
    #[validate(length(min = 7, max = 7))]
    #[schema(min_length = 7, max_length = 7, example = "2026-03")]
    month: String,
}

/// Compile what a partner is paid for a month. `[COM-12, COM-10b]`
///
/// Every entry by its end that no settlement has yet. What is below nothing waits for what is earned later; one settlement of a partner
/// waits for its claim at a time.
#[utoipa::path(post, path = "/api/v1/partner-settlements")]
async fn compile_partner_settlement(
    who: Can<perm::CompileCommission>,
    body: Valid<CompilePartnerSettlement>,
    work: UnitOfWork,
) -> Created<PartnerSettlementView> {
    work.write(who, move |tx| {
        let settlement = settlements::compile(tx, body.partner_id, month(&body.month)?)?;
        settlements::show(tx, settlement)
    })
    .await
}

/// By which claim.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct ClaimPartnerSettlement {
    /// The expense claim that pays it.
    expense_claim_id: AnyId,
}

/// Settle what a partner is paid by an expense claim. `[COM-12]`
///
/// An approved one of the same amount, which pays no other settlement.
#[utoipa::path(post, path = "/api/v1/partner-settlements/{id}/claim")]
async fn claim_partner_settlement(
    who: Can<perm::CompileCommission>,
    at: At<PartnerSettlement>,
    body: Valid<ClaimPartnerSettlement>,
    work: UnitOfWork,
) -> Reply<PartnerSettlementView> {
    work.moves(who, at, move |settlement, tx| {
        settlements::claim(tx, settlement, Id::from_uuid(body.expense_claim_id.uuid()))
    })
    .await
}
