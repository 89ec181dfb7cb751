//! Quotations over HTTP. `[SAL-3]`

use crate::spine::{
    At, Can, Created, List, Merge, Merged, PathId, Reading, Reason, Reply, Routes, UnitOfWork, Valid, Wanted,
    routes,
};
use chrono::NaiveDate;
use domain::{
    customer_file::CustomerId,
    opportunity::OpportunityId,
    product::ProductId,
    quantity::Quantity,
    quotation::{Quotation, QuotationAction, QuotationContent},
    sales_contract::ContractLine,
    spine::{Currency, Money, perm},
};
use persistence::quotation::{self as quotations, QuotationFilter, QuotationSummary, QuotationView, deed};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

pub(crate) fn routes(into: &mut Routes) {
    routes!(
        into,
        "quotations",
        [
            list_quotations,
            create_quotation,
            show_quotation,
            revise_quotation,
            send_quotation,
            accept_quotation,
            decline_quotation,
            convert_quotation,
        ]
    );
}

/// List quotations. `[SAL-3, INT-4]`
///
/// What the caller may see: their own, and those of departments in reach. The newest first.
#[utoipa::path(get, path = "/api/v1/quotations")]
async fn list_quotations(
    who: Can<perm::ReadOpportunities>,
    wanted: Wanted<QuotationFilter>,
    reading: Reading,
) -> List<QuotationSummary> {
    reading.list(who, wanted, quotations::list).await
}

/// Show a quotation. `[SAL-3, ACT-1]`
#[utoipa::path(get, path = "/api/v1/quotations/{id}")]
async fn show_quotation(
    who: Can<perm::ReadOpportunities>,
    id: PathId<Quotation>,
    reading: Reading,
) -> Reply<QuotationView> {
    reading.read(who, move |reader| quotations::view(reader, *id)).await
}

/// A line of a quotation.
#[derive(Clone, Debug, Deserialize, Serialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = CreateQuotationLine)]
struct Line {
    /// What is offered.
    product_id: ProductId,
    /// How many.
    quantity: Quantity,
    /// What a unit costs, tax included.
    price: Money,
}

/// A new quotation.
#[derive(Clone, Debug, Deserialize, Serialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct CreateQuotation {
    /// For which customer.
    customer_id: CustomerId,
    /// Of which opportunity with that customer.
    #[serde(default)]
    opportunity_id: Option<OpportunityId>,
    /// What it says.
    #[validate(nested)]
    offer: Offer,
}

/// What a quotation says.
#[derive(Clone, Debug, Deserialize, Serialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = QuotationOffer)]
struct Offer {
    /// What it is about.
    #[validate(length(min = 1, max = 200))]
    #[schema(min_length = 1, max_length = 200, example = "监护仪采购")]
    subject: String,
    /// The region it counts in.
    #[serde(default)]
    #[validate(length(min = 1, max = 40))]
    #[schema(min_length = 1, max_length = 40)]
    region: Option<String>,
    /// The channel it counts in.
    #[serde(default)]
    #[validate(length(min = 1, max = 40))]
    #[schema(min_length = 1, max_length = 40)]
    channel: Option<String>,
    /// What is offered.
    #[validate(length(min = 1, max = 200), nested)]
    #[schema(min_items = 1, max_items = 200)]
    lines: Vec<Line>,
    /// What is taken off the whole; nothing where absent.
    #[serde(default = "nothing")]
    discount: Money,
    /// The last day it is valid.
    valid_until: NaiveDate,
}

const fn nothing() -> Money {
    Money::zero(Currency::Cny)
}

impl Merged for Offer {
    const PATCH: &'static str = "ReviseQuotation";
    const FILLED: &'static [&'static str] = &["discount"];
}

impl From<QuotationContent> for Offer {
    fn from(content: QuotationContent) -> Self {
        let QuotationContent { subject, region, channel, lines, discount, valid_until } = content;
        let line = |line: ContractLine| Line {
            product_id: line.product,
            quantity: line.quantity,
            price: line.price,
        };
        let lines = lines.into_iter().map(line).collect();
        Self { subject, region, channel, lines, discount, valid_until }
    }
}

impl From<Offer> for QuotationContent {
    fn from(body: Offer) -> Self {
        let Offer { subject, region, channel, lines, discount, valid_until } = body;
        let line = |Line { product_id, quantity, price }| ContractLine {
            product: product_id,
            quantity,
            price,
            tax_rate_bp: 0,
        };
        let lines = lines.into_iter().map(line).collect();
        Self { subject, region, channel, lines, discount, valid_until }
    }
}

/// Draft a quotation. `[SAL-3, LINE]`
///
/// For a customer in sight, of an opportunity with them. Prices include tax, of which the product says how much.
#[utoipa::path(post, path = "/api/v1/quotations")]
async fn create_quotation(
    who: Can<perm::WorkOpportunities>,
    body: Valid<CreateQuotation>,
    work: UnitOfWork,
) -> Created<QuotationView> {
    work.write(who, move |tx| {
        let CreateQuotation { customer_id, opportunity_id, offer } = body.0.clone();
        let quotation = deed::create(tx, (customer_id, opportunity_id), offer.into())?;
        quotations::show(tx, quotation)
    })
    .await
}

/// Change a quotation. `[SAL-3]`
///
/// A draft as it is; what the customer has, or declined, becomes the next version and a draft again.
#[utoipa::path(patch, path = "/api/v1/quotations/{id}")]
async fn revise_quotation(
    who: Can<perm::WorkOpportunities>,
    at: At<Quotation>,
    patch: Merge<Offer>,
    work: UnitOfWork,
) -> Reply<QuotationView> {
    work.moves(who, at, move |quotation, tx| {
        quotation.may(QuotationAction::Revise, tx.actor())?;
        let content = patch.over(&quotation.content.clone().into())?.into();
        let (content, when) = (deed::complete(tx, content)?, (tx.now(), tx.today()));
        Ok(quotation.revise(content, tx.actor(), when)?)
    })
    .await
}

/// Send a quotation. `[SAL-3, SAL-2c]`
///
/// Unless somebody else's filing protects what it offers to this customer.
#[utoipa::path(post, path = "/api/v1/quotations/{id}/send")]
async fn send_quotation(
    who: Can<perm::WorkOpportunities>,
    at: At<Quotation>,
    work: UnitOfWork,
) -> Reply<QuotationView> {
    work.moves(who, at, move |quotation, tx| deed::send(tx, quotation)).await
}

/// Say that the customer accepted a quotation. `[SAL-3]`
///
/// While it was valid: afterwards it is revised and sent anew.
#[utoipa::path(post, path = "/api/v1/quotations/{id}/accept")]
async fn accept_quotation(
    who: Can<perm::WorkOpportunities>,
    at: At<Quotation>,
    work: UnitOfWork,
) -> Reply<QuotationView> {
    work.moves(who, at, move |quotation, tx| {
        let when = (tx.now(), tx.today());
        Ok(quotation.accept(tx.actor(), when)?)
    })
    .await
}

/// Say that the customer declined a quotation. `[SAL-3]`
#[utoipa::path(post, path = "/api/v1/quotations/{id}/decline")]
async fn decline_quotation(
    who: Can<perm::WorkOpportunities>,
    at: At<Quotation>,
    body: Valid<Reason>,
    work: UnitOfWork,
) -> Reply<QuotationView> {
    work.moves(who, at, move |quotation, tx| {
        let now = tx.now();
        Ok(quotation.decline(body.reason.clone(), tx.actor(), now)?)
    })
    .await
}

/// Make a contract of an accepted quotation. `[SAL-3]`
///
/// A draft that says the same, once; its review is still to be written.
#[utoipa::path(post, path = "/api/v1/quotations/{id}/convert")]
async fn convert_quotation(
    who: Can<perm::SubmitContracts>,
    at: At<Quotation>,
    work: UnitOfWork,
) -> Reply<QuotationView> {
    work.moves(who, at, move |quotation, tx| deed::convert(tx, quotation)).await
}
