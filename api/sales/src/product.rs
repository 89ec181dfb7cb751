//! Products over HTTP. `[PROD]`

use crate::spine::{
    At, Can, Created, List, Merge, Merged, PathId, Reading, Reply, Routes, UnitOfWork, Valid, Wanted, routes,
};
use chrono::NaiveDate;
use domain::{
    product::{Product, ProductCost, ProductDetails},
    spine::{Money, perm},
};
use persistence::product::{self as products, ProductFilter, ProductView, view::ProductSummary};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

pub(crate) fn routes(into: &mut Routes) {
    routes!(
        into,
        "products",
        [list_products, create_product, show_product, change_product, set_product_costs]
    );
}

/// List products by code. `[PROD, INT-4]`
#[utoipa::path(get, path = "/api/v1/products")]
async fn list_products(
    who: Can<perm::ReadProducts>,
    wanted: Wanted<ProductFilter>,
    reading: Reading,
) -> List<ProductSummary> {
    reading.list(who, wanted, products::list).await
}

/// Show a product. `[PROD]`
///
/// What it costs is absent without the permission to read profit.
#[utoipa::path(get, path = "/api/v1/products/{id}")]
async fn show_product(
    who: Can<perm::ReadProducts>,
    id: PathId<Product>,
    reading: Reading,
) -> Reply<ProductView> {
    reading.read(who, move |reader| products::view(reader, *id)).await
}

/// A new product.
#[derive(Clone, Debug, Deserialize, Serialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct CreateProduct {
    /// Its code; unique.
    #[validate(length(min = 1, max = 40))]
    #[schema(min_length = 1, max_length = 40, example = "M-300")]
    code: String,
    /// Its Chinese name.
    #[validate(length(min = 1, max = 60))]
    #[schema(min_length = 1, max_length = 60, example = "病人监护仪")]
    name_zh: String,
    /// Its English name.
    #[validate(length(min = 1, max = 60))]
    #[schema(min_length = 1, max_length = 60, example = "Patient monitor")]
    name_en: String,
    /// What kind of product it is; the product line.
    #[validate(length(min = 1, max = 60))]
    #[schema(min_length = 1, max_length = 60, example = "监护")]
    category: String,
    /// In what it is counted.
    #[validate(length(min = 1, max = 20))]
    #[schema(min_length = 1, max_length = 20, example = "台")]
    unit: String,
    /// The decimals of that unit.
    #[validate(range(max = 4))]
    #[schema(minimum = 0, maximum = 4, example = 0)]
    decimals: u32,
    /// The value added tax in its prices, in basis points of the net.
    #[validate(range(max = 10000))]
    #[schema(minimum = 0, maximum = 10000, example = 1300)]
    tax_rate_bp: u32,
    /// The first day it is sold.
    sold_from: NaiveDate,
    /// The last day it is sold; absent: without end.
    #[serde(default)]
    sold_to: Option<NaiveDate>,
    /// The other system that keeps it, and its identity there.
    #[serde(default)]
    #[validate(nested)]
    external: Option<ExternalIdentity>,
}

/// An identity in another system.
#[derive(Clone, Debug, Deserialize, Serialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ProductExternalIdentity)]
struct ExternalIdentity {
    /// Which system.
    #[validate(length(min = 1, max = 40))]
    #[schema(min_length = 1, max_length = 40, example = "erp")]
    #[serde(deserialize_with = "domain::spine::typed::read_reference")]
    source: String,
    /// The identity there.
    #[validate(length(min = 1, max = 100))]
    #[schema(min_length = 1, max_length = 100, example = "10023")]
    #[serde(deserialize_with = "domain::spine::typed::read_reference")]
    external_id: String,
}

impl Merged for CreateProduct {
    const PATCH: &'static str = "ChangeProduct";
    const FILLED: &'static [&'static str] = &[];
}

impl From<ProductDetails> for CreateProduct {
    fn from(details: ProductDetails) -> Self {
        let ProductDetails {
            code,
            name_zh,
            name_en,
            category,
            unit,
            decimals,
            tax_rate_bp,
            sold_from,
            sold_to,
            external,
        } = details;
        let external = external.map(|(source, external_id)| ExternalIdentity { source, external_id });
        Self { code, name_zh, name_en, category, unit, decimals, tax_rate_bp, sold_from, sold_to, external }
    }
}

impl From<CreateProduct> for ProductDetails {
    fn from(body: CreateProduct) -> Self {
        let CreateProduct {
            code,
            name_zh,
            name_en,
            category,
            unit,
            decimals,
            tax_rate_bp,
            sold_from,
            sold_to,
            external,
        } = body;
        let external = external.map(|ExternalIdentity { source, external_id }| (source, external_id));
        Self { code, name_zh, name_en, category, unit, decimals, tax_rate_bp, sold_from, sold_to, external }
    }
}

/// Enter a product. `[PROD]`
#[utoipa::path(post, path = "/api/v1/products")]
async fn create_product(
    who: Can<perm::ManageProducts>,
    body: Valid<CreateProduct>,
    work: UnitOfWork,
) -> Created<ProductView> {
    work.write(who, move |tx| {
        let change = Product::create(tx.id(), body.0.clone().into())?;
        let product = products::apply(tx, change)?;
        products::show(tx, product)
    })
    .await
}

/// Change a product. `[PROD]`
///
/// What has a price keeps at least the decimals it was priced in.
#[utoipa::path(patch, path = "/api/v1/products/{id}")]
async fn change_product(
    who: Can<perm::ManageProducts>,
    at: At<Product>,
    patch: Merge<CreateProduct>,
    work: UnitOfWork,
) -> Reply<ProductView> {
    work.moves(who, at, move |product, tx| {
        let details = patch.over(&product.details.clone().into())?.into();
        let is_priced = products::is_priced(tx, product.id)?;
        Ok(product.revise(details, is_priced)?)
    })
    .await
}

/// What a product costs, all of it.
#[derive(Clone, Debug, Deserialize, Serialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct SetProductCosts {
    /// The costs, the earliest first.
    #[validate(length(max = 200))]
    #[schema(max_items = 200)]
    costs: Vec<SetProductCost>,
}

/// What a unit costs for some days.
#[derive(Clone, Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SetProductCost {
    /// The first day.
    from: NaiveDate,
    /// The last day; absent: until the next begins.
    #[serde(default)]
    to: Option<NaiveDate>,
    /// How much, tax not included.
    amount: Money,
}

/// Say what a product costs. `[PROD]`
///
/// All costs at once, the earliest first, of one currency; what is sent takes the place of what was said before.
#[utoipa::path(post, path = "/api/v1/products/{id}/set-costs")]
async fn set_product_costs(
    who: Can<perm::ManageProductCosts>,
    at: At<Product>,
    body: Valid<SetProductCosts>,
    work: UnitOfWork,
) -> Reply<ProductView> {
    work.moves(who, at, move |product, _| {
        let cost = |cost: &SetProductCost| ProductCost { from: cost.from, to: cost.to, amount: cost.amount };
        Ok(product.cost(body.costs.iter().map(cost).collect())?)
    })
    .await
}
