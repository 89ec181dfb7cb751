//! Price protection over HTTP. `[PRI-3]`

use crate::spine::{
    At, Can, Chore, Created, Every, List, PathId, Reading, Reason, Reply, Routes, UnitOfWork, Valid, Wanted,
    each, routes,
};
use chrono::NaiveDate;
use domain::{
    partner::PartnerId, price_protection::PriceProtection, product::ProductId, quantity::Quantity,
    spine::perm,
};
use persistence::{
    price_protection::{self as protections, PriceProtectionFilter, PriceProtectionView, deed},
    spine::{Database, Failure, Request},
};
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

pub(crate) fn routes(into: &mut Routes) {
    routes!(
        into,
        "price-protections",
        [
            list_price_protections,
            claim_price_protection,
            show_price_protection,
            verify_price_protection,
            approve_price_protection,
            credit_price_protection,
            refuse_price_protection,
        ]
    );
}

/// Claims that nobody verified in time lapse, whoever looks.
pub(crate) const EXPIRIES: &Chore = &Chore {
    name: "price-protection-expiries",
    every: Every::Seconds(60),
    run: |state| Box::pin(lapse_price_protections(&state.database)),
};

/// Notes which claims lapsed; safe to be done by several servers, and twice.
///
/// # Errors
/// A database that does not answer; a claim that could not be noted, when the others have been.
pub async fn lapse_price_protections(database: &Database) -> Result<(), Failure> {
    let due = database.read(Request::system("price-protection-expiries"), protections::overdue).await?;
    each(database, "price-protection-expiries", due, deed::lapse).await
}

/// List claims for price protection. `[PRI-3, INT-4]`
///
/// One's own, and of departments in reach. The newest first.
#[utoipa::path(get, path = "/api/v1/price-protections")]
async fn list_price_protections(
    who: Can<perm::ReadPriceDeviations>,
    wanted: Wanted<PriceProtectionFilter>,
    reading: Reading,
) -> List<PriceProtectionView> {
    reading.list(who, wanted, protections::list).await
}

/// Show a claim for price protection. `[PRI-3]`
#[utoipa::path(get, path = "/api/v1/price-protections/{id}")]
async fn show_price_protection(
    who: Can<perm::ReadPriceDeviations>,
    id: PathId<PriceProtection>,
    reading: Reading,
) -> Reply<PriceProtectionView> {
    reading.read(who, move |reader| protections::view(reader, *id)).await
}

/// A claim for price protection.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct ClaimPriceProtection {
    /// By which partner.
    partner_id: PartnerId,
    /// Of which product.
    product_id: ProductId,
    /// The first day of the new price.
    cut_on: NaiveDate,
    /// How many the partner had in stock at 24:00 before that.
    declared: Quantity,
    /// When that was reported: before the cut.
    reported_on: NaiveDate,
    /// What shows it.
    #[validate(length(min = 1, max = 500))]
    #[schema(min_length = 1, max_length = 500, example = "渠道月度库存表第 2 页")]
    evidence: String,
}

/// Claim price protection for a partner. `[PRI-3; 000 §7.3]`
///
/// Within the days of the window after a cut, once per partner, product and cut. What a unit cost before and costs since is read of the
/// list, what was bought before of the sales.
#[utoipa::path(post, path = "/api/v1/price-protections")]
async fn claim_price_protection(
    who: Can<perm::AskPriceDeviations>,
    body: Valid<ClaimPriceProtection>,
    work: UnitOfWork,
) -> Created<PriceProtectionView> {
    work.write(who, move |tx| {
        let ClaimPriceProtection { partner_id, product_id, cut_on, declared, reported_on, evidence } =
            body.0.clone();
        let (partner, product) = (partner_id, product_id);
        let said = deed::Claimed { partner, product, cut_on, declared, reported_on, evidence };
        let claim = deed::claim(tx, said)?;
        protections::show(tx, claim)
    })
    .await
}

/// What finance found.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct VerifyPriceProtection {
    /// How many are protected.
    quantity: Quantity,
    /// What is said to it.
    #[validate(length(min = 1, max = 500))]
    #[schema(min_length = 1, max_length = 500, example = "与进销存核对一致")]
    note: String,
}

/// Verify the stock of a claim. `[PRI-3]`
///
/// Never more than was declared, or bought in the days before the cut; never by who claimed it.
#[utoipa::path(post, path = "/api/v1/price-protections/{id}/verify")]
async fn verify_price_protection(
    who: Can<perm::VerifyPriceProtections>,
    at: At<PriceProtection>,
    body: Valid<VerifyPriceProtection>,
    work: UnitOfWork,
) -> Reply<PriceProtectionView> {
    work.moves(who, at, move |claim, tx| {
        Ok(claim.verify((body.quantity, body.note.clone()), tx.actor(), tx.now())?)
    })
    .await
}

/// Approve a verified claim. `[PRI-3]`
///
/// By who manages prices, and neither claimed nor verified it.
#[utoipa::path(post, path = "/api/v1/price-protections/{id}/approve")]
async fn approve_price_protection(
    who: Can<perm::ManagePrices>,
    at: At<PriceProtection>,
    work: UnitOfWork,
) -> Reply<PriceProtectionView> {
    work.moves(who, at, move |claim, tx| Ok(claim.approve(tx.actor(), tx.now())?)).await
}

/// Under what a claim is credited.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct CreditPriceProtection {
    /// What finance calls the credit; unique.
    #[validate(length(min = 1, max = 100))]
    #[schema(min_length = 1, max_length = 100, example = "CN-2026-0312")]
    #[serde(deserialize_with = "domain::spine::typed::read_reference")]
    reference: String,
}

/// Credit an approved claim. `[PRI-3]`
///
/// The same reference again changes nothing, another one is refused.
#[utoipa::path(post, path = "/api/v1/price-protections/{id}/credit")]
async fn credit_price_protection(
    who: Can<perm::VerifyPriceProtections>,
    id: PathId<PriceProtection>,
    body: Valid<CreditPriceProtection>,
    work: UnitOfWork,
) -> Reply<PriceProtectionView> {
    work.write(who, move |tx| {
        let (claim, now) = (protections::find(tx, *id)?, tx.now());
        let claim = protections::apply(tx, claim.credit(body.reference.clone(), now)?)?;
        protections::show(tx, claim)
    })
    .await
}

/// Refuse a claim. `[PRI-3]`
///
/// Before it is approved.
#[utoipa::path(post, path = "/api/v1/price-protections/{id}/refuse")]
async fn refuse_price_protection(
    who: Can<perm::VerifyPriceProtections>,
    at: At<PriceProtection>,
    body: Valid<Reason>,
    work: UnitOfWork,
) -> Reply<PriceProtectionView> {
    work.moves(who, at, move |claim, tx| Ok(claim.refuse_it(body.reason.clone(), tx.now())?)).await
}
