//! Price lists over HTTP. `[PRI-1; 004 §5.3]`

use crate::spine::{
    At, ByRules, Can, Created, List, PathId, Query, Reading, Reply, Routes, UnitOfWork, Valid, Wanted, routes,
};
use chrono::NaiveDate;
use domain::{
    customer_file::CustomerId,
    price_list::{PriceChange, PriceEdit, PriceId, PriceList, PriceTerms},
    product::{Product, ProductId},
    quantity::Quantity,
    spine::{Currency, Findings, Money, Refusal, codes, perm},
};
use persistence::price_list::{
    self as price_lists, AskedPrice, EffectivePriceView, PriceFilter, PriceListFilter, PriceListView,
    PriceView,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

pub(crate) fn routes(into: &mut Routes) {
    routes!(
        into,
        "price-lists",
        [
            list_price_lists,
            open_price_list,
            show_price_list,
            change_prices,
            list_prices,
            show_effective_price
        ]
    );
}

/// List price lists by currency. `[PRI-1]`
#[utoipa::path(get, path = "/api/v1/price-lists")]
async fn list_price_lists(
    who: Can<perm::ReadPrices>,
    wanted: Wanted<PriceListFilter>,
    reading: Reading,
) -> List<PriceListView> {
    reading.list(who, wanted, price_lists::list).await
}

/// Show a price list. `[PRI-1]`
///
/// Its prices are listed by `GET /prices`.
#[utoipa::path(get, path = "/api/v1/price-lists/{id}")]
async fn show_price_list(
    who: Can<perm::ReadPrices>,
    id: PathId<PriceList>,
    reading: Reading,
) -> Reply<PriceListView> {
    reading.read(who, move |reader| price_lists::view(reader, *id)).await
}

/// A new price list.
#[derive(Clone, Debug, Deserialize, Serialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct OpenPriceList {
    /// What people call it.
    #[validate(length(min = 1, max = 60))]
    #[schema(min_length = 1, max_length = 60, example = "人民币价目表")]
    name: String,
    /// The currency of all its prices; a currency has one list.
    currency: Currency,
}

/// Open the price list of a currency. `[PRI-1]`
#[utoipa::path(post, path = "/api/v1/price-lists")]
async fn open_price_list(
    who: Can<perm::ManagePrices>,
    body: Valid<OpenPriceList>,
    work: UnitOfWork,
) -> Created<PriceListView> {
    work.write(who, move |tx| {
        let change = PriceList::open(tx.id(), body.name.clone(), body.currency)?;
        let list = price_lists::apply(tx, change)?;
        price_lists::show(tx, list)
    })
    .await
}

/// A change of prices: all edits, or none.
#[derive(Clone, Debug, Deserialize, Serialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct ChangePrices {
    /// The edits.
    #[validate(length(min = 1, max = 500), nested)]
    #[schema(min_items = 1, max_items = 500)]
    edits: Vec<EditPrice>,
}

/// One edit. With `id` it takes a price off the list; with `terms` it puts one on; with both one takes the other's place.
#[derive(Clone, Debug, Deserialize, Serialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct EditPrice {
    /// The price that is taken off.
    #[serde(default)]
    id: Option<PriceId>,
    /// What is put on.
    #[serde(default)]
    #[validate(nested)]
    terms: Option<SetPrice>,
}

/// What a price holds for, and how much it is.
#[derive(Clone, Debug, Deserialize, Serialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct SetPrice {
    /// Of which product.
    product_id: ProductId,
    /// Only for this customer.
    #[serde(default)]
    customer_id: Option<CustomerId>,
    /// Only in this channel.
    #[serde(default)]
    #[validate(length(min = 1, max = 40))]
    #[schema(min_length = 1, max_length = 40)]
    channel: Option<String>,
    /// Only for customers of this tier.
    #[serde(default)]
    #[validate(length(min = 1, max = 40))]
    #[schema(min_length = 1, max_length = 40)]
    tier: Option<String>,
    /// Only in this region.
    #[serde(default)]
    #[validate(length(min = 1, max = 40))]
    #[schema(min_length = 1, max_length = 40, example = "华东")]
    region: Option<String>,
    /// From this quantity on; from the first where absent.
    #[serde(default)]
    from_quantity: Quantity,
    /// Below this quantity; absent: without end.
    #[serde(default)]
    below_quantity: Option<Quantity>,
    /// From this day on.
    valid_from: NaiveDate,
    /// Before this day; absent: without end.
    #[serde(default)]
    valid_before: Option<NaiveDate>,
    /// What a unit costs, tax included.
    price: Money,
    /// Below which the general manager is asked.
    #[serde(default)]
    floor: Option<Money>,
}

impl From<&SetPrice> for PriceTerms {
    fn from(body: &SetPrice) -> Self {
        let SetPrice {
            product_id,
            customer_id,
            channel,
            tier,
            region,
            from_quantity,
            below_quantity,
            valid_from,
            valid_before,
            price,
            floor,
        } = body.clone();
        Self {
            product: product_id,
            customer: customer_id,
            channel,
            tier,
            region,
            from_quantity,
            below_quantity,
            valid_from,
            valid_before,
            price,
            floor,
        }
    }
}

impl ChangePrices {
    /// The edits. One that says nothing is refused, so that the others keep their places.
    fn change(&self) -> Result<PriceChange, Refusal> {
        let mut findings = Findings::new();
        let mut edits = Vec::with_capacity(self.edits.len());
        for (index, edit) in self.edits.iter().enumerate() {
            edits.push(match (edit.id, &edit.terms) {
                (Some(id), Some(terms)) => PriceEdit::Replace(id, terms.into()),
                (Some(id), None) => PriceEdit::Remove(id),
                (None, Some(terms)) => PriceEdit::Add(terms.into()),
                (None, None) => {
                    findings.add(format!("/edits/{index}/terms"), codes::REQUIRED);
                    continue;
                }
            });
        }
        findings.into_result().map(|()| PriceChange { edits })
    }
}

/// Change prices of a list. `[PRI-1; 004 §5.3]`
///
/// All edits are one change, judged on the set as a whole: two neighbours move together. Prices that overlap on the same
/// keys are refused with both rows. A price stays readable behind its end, with the version that took it off.
#[utoipa::path(post, path = "/api/v1/price-lists/{id}/change-prices")]
async fn change_prices(
    who: Can<perm::ManagePrices>,
    at: At<PriceList>,
    body: Valid<ChangePrices>,
    work: UnitOfWork,
) -> Reply<PriceListView> {
    work.moves(who, at, move |list, tx| price_lists::change(tx, list, &body.change()?)).await
}

/// List prices. `[PRI-1, INT-4]`
///
/// Floor prices are absent without the permission to read profit.
#[utoipa::path(get, path = "/api/v1/prices")]
async fn list_prices(
    who: Can<perm::ReadPrices>,
    wanted: Wanted<PriceFilter>,
    reading: Reading,
) -> List<PriceView> {
    reading.list(who, wanted, price_lists::prices).await
}

/// Show which price of a product counts. `[PRI-1]`
///
/// The most specific of those that fit, in the order of the policy `price-order/company`, and why. Where none fits that is
/// refused: no price is never a price of nothing.
#[utoipa::path(get, path = "/api/v1/products/{id}/price")]
async fn show_effective_price(
    who: Can<perm::ReadPrices>,
    id: PathId<Product>,
    asked: Query<AskedPrice>,
    _: ByRules,
    reading: Reading,
) -> Reply<EffectivePriceView> {
    reading.read(who, move |reader| price_lists::effective(reader, *id, &asked)).await
}
