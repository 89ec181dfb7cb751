//! Price deviations over HTTP. `[PRI-2, PRI-2a]`

use crate::{
    approval::SubmissionPreview,
    spine::{
        At, Can, Chore, Created, Every, List, Merge, Merged, Note, PathId, Reading, Reason, Reply, Routes,
        UnitOfWork, Valid, Wanted, each, routes,
    },
};
use domain::{
    approval::Document,
    customer_file::CustomerId,
    price_deviation::{DeviationMode, PriceDeviation, PriceDeviationContent},
    product::ProductId,
    quantity::Quantity,
    spine::{Money, perm},
};
use persistence::{
    approval::document,
    price_deviation::{
        self as deviations, PriceDeviationFilter, PriceDeviationSummary, PriceDeviationView, deed,
    },
    spine::{Database, Failure, Request},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

pub(crate) fn routes(into: &mut Routes) {
    routes!(
        into,
        "price-deviations",
        [
            list_price_deviations,
            create_price_deviation,
            show_price_deviation,
            revise_price_deviation,
            preview_price_deviation_approval,
            submit_price_deviation,
            withdraw_price_deviation,
            void_price_deviation,
            revoke_price_deviation,
        ]
    );
}

/// List price deviations. `[PRI-2a, INT-4]`
///
/// What the caller may see: their own, those of departments in reach, and those that came to them for approval. The
/// newest first.
#[utoipa::path(get, path = "/api/v1/price-deviations")]
async fn list_price_deviations(
    who: Can<perm::ReadPriceDeviations>,
    wanted: Wanted<PriceDeviationFilter>,
    reading: Reading,
) -> List<PriceDeviationSummary> {
    reading.list(who, wanted, deviations::list).await
}

/// Show a price deviation. `[PRI-2a, ACT-1]`
#[utoipa::path(get, path = "/api/v1/price-deviations/{id}")]
async fn show_price_deviation(
    who: Can<perm::ReadPriceDeviations>,
    id: PathId<PriceDeviation>,
    reading: Reading,
) -> Reply<PriceDeviationView> {
    reading.read(who, move |reader| deviations::view(reader, *id)).await
}

/// A price above or below the list.
#[derive(Clone, Debug, Deserialize, Serialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct CreatePriceDeviation {
    /// To whom.
    customer_id: CustomerId,
    /// Of what.
    product_id: ProductId,
    /// At most how many.
    quantity: Quantity,
    /// At which price of a unit, tax included.
    price: Money,
    /// In which region, as the contract or order will name it.
    #[serde(default)]
    #[validate(length(min = 1, max = 40))]
    #[schema(min_length = 1, max_length = 40, example = "华东")]
    region: Option<String>,
    /// In which channel, as the contract or order will name it.
    #[serde(default)]
    #[validate(length(min = 1, max = 40))]
    #[schema(min_length = 1, max_length = 40)]
    channel: Option<String>,
    /// How often; once where absent.
    #[serde(default = "once")]
    mode: DeviationMode,
    /// Why.
    #[validate(length(min = 1, max = 500))]
    #[schema(min_length = 1, max_length = 500, example = "年度集采，量大价优")]
    grounds: String,
}

const fn once() -> DeviationMode {
    DeviationMode::Once
}

impl Merged for CreatePriceDeviation {
    const PATCH: &'static str = "RevisePriceDeviation";
    const FILLED: &'static [&'static str] = &["mode"];
}

impl From<PriceDeviationContent> for CreatePriceDeviation {
    fn from(content: PriceDeviationContent) -> Self {
        let PriceDeviationContent { customer, product, quantity, price, region, channel, mode, grounds } =
            content;
        Self { customer_id: customer, product_id: product, quantity, price, region, channel, mode, grounds }
    }
}

impl From<CreatePriceDeviation> for PriceDeviationContent {
    fn from(body: CreatePriceDeviation) -> Self {
        let CreatePriceDeviation { customer_id, product_id, quantity, price, region, channel, mode, grounds } =
            body;
        Self { customer: customer_id, product: product_id, quantity, price, region, channel, mode, grounds }
    }
}

/// Ask for a price above or below the list. `[PRI-2; 004 §5.3 提前申请]`
///
/// Before it is sold so. Starts a draft; its number is taken now and never used again. Whose authority suffices goes by how
/// far the price is from the list.
#[utoipa::path(post, path = "/api/v1/price-deviations")]
async fn create_price_deviation(
    who: Can<perm::AskPriceDeviations>,
    body: Valid<CreatePriceDeviation>,
    work: UnitOfWork,
) -> Created<PriceDeviationView> {
    work.write(who, move |tx| {
        let deviation = deed::create(tx, body.0.clone().into())?;
        deviations::show(tx, deviation)
    })
    .await
}

/// Change a price deviation. `[PRI-2a]`
///
/// While it is a draft, returned or withdrawn.
#[utoipa::path(patch, path = "/api/v1/price-deviations/{id}")]
async fn revise_price_deviation(
    who: Can<perm::AskPriceDeviations>,
    at: At<PriceDeviation>,
    patch: Merge<CreatePriceDeviation>,
    work: UnitOfWork,
) -> Reply<PriceDeviationView> {
    work.moves(who, at, move |deviation, tx| {
        deviation.may_revise(tx.actor())?;
        let content = patch.over(&deviation.content.clone().into())?.into();
        deed::revise(tx, deviation, content)
    })
    .await
}

/// Preview the approval of a price deviation. `[APR-8]`
///
/// The same code as submitting, without submitting: what would be refused and whom it would meet.
#[utoipa::path(get, path = "/api/v1/price-deviations/{id}/approval-preview")]
async fn preview_price_deviation_approval(
    who: Can<perm::ReadPriceDeviations>,
    id: PathId<PriceDeviation>,
    reading: Reading,
) -> Reply<SubmissionPreview> {
    reading
        .read(who, move |reader| {
            let deviation = deviations::find(reader, *id)?;
            deviations::preview(reader, &deviation).map(SubmissionPreview::of)
        })
        .await
}

/// Submit a price deviation for approval. `[PRI-2]`
///
/// It is compared with the list of today once more: whose authority suffices goes by that.
#[utoipa::path(post, path = "/api/v1/price-deviations/{id}/submit")]
async fn submit_price_deviation(
    who: Can<perm::AskPriceDeviations>,
    at: At<PriceDeviation>,
    work: UnitOfWork,
) -> Reply<PriceDeviationView> {
    work.moves(who, at, move |deviation, tx| deed::submit(tx, deviation)).await
}

/// Withdraw a price deviation that waits for approval. `[APR-3]`
#[utoipa::path(post, path = "/api/v1/price-deviations/{id}/withdraw")]
async fn withdraw_price_deviation(
    who: Can<perm::AskPriceDeviations>,
    at: At<PriceDeviation>,
    body: Valid<Note>,
    work: UnitOfWork,
) -> Reply<PriceDeviationView> {
    work.moves(who, at, move |deviation, tx| document::withdraw(tx, &deviation, body.note.clone())).await
}

/// Void a price deviation. `[PRI-2a]`
///
/// From draft, returned, rejected or withdrawn. Its number stays taken.
#[utoipa::path(post, path = "/api/v1/price-deviations/{id}/void")]
async fn void_price_deviation(
    who: Can<perm::AskPriceDeviations>,
    at: At<PriceDeviation>,
    body: Valid<Reason>,
    work: UnitOfWork,
) -> Reply<PriceDeviationView> {
    work.moves(who, at, move |deviation, tx| document::void(tx, deviation, body.reason.clone())).await
}

/// Revoke an approved price deviation. `[PRI-2a]`
///
/// By whoever asked for it, or who supervises contracts of the department; only while nothing holds it.
#[utoipa::path(post, path = "/api/v1/price-deviations/{id}/revoke")]
async fn revoke_price_deviation(
    who: Can<perm::AskPriceDeviations>,
    at: At<PriceDeviation>,
    body: Valid<Reason>,
    work: UnitOfWork,
) -> Reply<PriceDeviationView> {
    work.moves(who, at, move |deviation, tx| deed::revoke(tx, deviation, body.reason.clone())).await
}

/// Deviations whose days are over.
pub const EXPIRIES: &Chore = &Chore {
    name: "price-deviations",
    every: Every::Seconds(60),
    run: |state| Box::pin(expire_price_deviations(&state.database)),
};

/// Lets deviations expire whose days are over; safe to be done by several servers, and twice.
///
/// # Errors
/// A database that does not answer; one that could not expire, when the others have.
pub async fn expire_price_deviations(database: &Database) -> Result<(), Failure> {
    let over = database.read(Request::system("price-deviations"), deed::over).await?;
    each(database, "price-deviations", over, deed::expire).await
}
