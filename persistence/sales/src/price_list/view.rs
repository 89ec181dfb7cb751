//! What price lists and their prices look like, and which price counts. `[PRI-1, INT-4]`

use super::{
    find, order,
    row::{PriceRow, Row, of_currency},
};
use crate::{
    customer_file::{self, CUSTOMER},
    customer_tier,
    organisation::{NamedColumns, NamedRef},
    product::{self, PRODUCT},
    schema::{price_lists, prices, products},
    spine::{Failure, Filter, Page, Reader, Refers, Slice, View, Where, columns, narrow, orders, paged},
};
use chrono::NaiveDate;
use diesel::prelude::*;
use domain::{
    customer_file::CustomerId,
    price_list::{Asked, Price, PriceId, PriceKey, PriceList, PriceListId},
    product::ProductId,
    quantity::Quantity,
    spine::{Citation, Currency, Money, Permission, Version},
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

/// All prices of a currency.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = PriceList)]
pub struct PriceListView {
    /// Its identity.
    pub id: PriceListId,
    /// What people call it.
    #[schema(max_length = 60, example = "人民币价目表")]
    pub name: String,
    /// The currency of all its prices.
    pub currency: Currency,
    /// Its version, for `If-Match`.
    #[schema(minimum = 1)]
    pub version: Version,
}

impl View for PriceListView {
    fn version(&self) -> Option<Version> {
        Some(self.version)
    }
    fn location(&self) -> Option<String> {
        Some(format!("/api/v1/price-lists/{}", self.id))
    }
}

/// One price list.
///
/// # Errors
/// Where there is none.
pub fn view(reader: &mut Reader<'_>, id: PriceListId) -> Result<PriceListView, Failure> {
    let list = find(reader, id)?;
    show(reader, list)
}

/// How a price list at hand is shown.
///
/// # Errors
/// Never, so far: as all that is shown may.
pub fn show(_: &mut Reader<'_>, list: PriceList) -> Result<PriceListView, Failure> {
    let PriceList { id, name, currency, prices: _, version } = list;
    Ok(PriceListView { id, name, currency, version })
}

/// Which price lists are wanted, and in what order.
#[derive(Clone, Debug, Default, Deserialize, Validate, IntoParams)]
#[serde(default)]
pub struct PriceListFilter {
    /// The order; a minus turns it round. By currency where absent.
    #[param(inline)]
    pub sort: PriceListOrder,
}

impl Filter for PriceListFilter {}

orders! {
    /// By what price lists are ordered.
    pub PriceListOrder of Row in price_lists by id, ascending:
    currency;
    created_at = id;
}

/// Price lists, by currency.
///
/// # Errors
/// Where the database fails.
pub fn list(
    reader: &mut Reader<'_>,
    filter: &PriceListFilter,
    page: &Page,
) -> Result<Slice<PriceListView>, Failure> {
    let wanted = Where::new();
    let found = paged!(reader, page, filter.sort, wanted;
        price_lists::table => Row::as_select(); |row: &Row| row);
    found.try_map(|row| {
        let currency = row.currency()?;
        Ok(PriceListView { id: row.id.into(), name: row.name, currency, version: row.version })
    })
}

columns! { PriceListView as "price-lists" "价目表" "Price lists", Permission::ExportSales:
    name "名称" "Name";
    currency "币种" "Currency";
}

/// A price on a list.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = ListPrice)]
pub struct PriceView {
    /// Its identity.
    pub id: PriceId,
    /// The list it is on.
    pub price_list_id: PriceListId,
    /// Of which product.
    pub product: NamedRef,
    /// Only for this customer.
    pub customer_id: Option<CustomerId>,
    /// Only in this channel.
    #[schema(max_length = 40)]
    pub channel: Option<String>,
    /// Only for customers of this tier.
    #[schema(max_length = 40)]
    pub tier: Option<String>,
    /// Only in this region.
    #[schema(max_length = 40, example = "华东")]
    pub region: Option<String>,
    /// From this quantity on.
    pub from_quantity: Quantity,
    /// Below this quantity.
    pub below_quantity: Option<Quantity>,
    /// From this day on.
    pub valid_from: NaiveDate,
    /// Before this day.
    pub valid_before: Option<NaiveDate>,
    /// What a unit costs, tax included.
    pub price: Money,
    /// Below which the general manager is asked; absent without the permission to read profit.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub floor: Option<Money>,
    /// The version of the list that took it off; null while it stands.
    #[schema(minimum = 1)]
    pub before_version: Option<Version>,
}

impl View for PriceView {
    const REFERS: &'static [Refers] =
        &[Refers::to("product", &PRODUCT), Refers::to("customer", &CUSTOMER).by("customer_id")];
}

/// Which prices are wanted, and in what order.
#[derive(Clone, Debug, Default, Deserialize, Validate, IntoParams)]
#[serde(default)]
pub struct PriceFilter {
    /// Only of this list.
    pub price_list_id: Option<PriceListId>,
    /// Only of this product.
    pub product_id: Option<ProductId>,
    /// Only for this customer.
    pub customer_id: Option<CustomerId>,
    /// Only what holds on this day.
    pub valid_on: Option<NaiveDate>,
    /// Also what was taken off; only what stands where absent.
    pub history: Option<bool>,
    /// The order; a minus turns it round. The newest first where absent.
    #[param(inline)]
    pub sort: PriceOrdering,
}

impl Filter for PriceFilter {}

orders! {
    /// By what prices are ordered.
    pub PriceOrdering of PriceRow in prices by id, descending:
    created_at = id;
    valid_from;
}

type Found = (PriceRow, String, NamedColumns);

/// Prices, the newest first.
///
/// # Errors
/// Where the database fails.
pub fn prices(
    reader: &mut Reader<'_>,
    filter: &PriceFilter,
    page: &Page,
) -> Result<Slice<PriceView>, Failure> {
    let mut wanted = Where::new();
    narrow!(wanted, prices, filter;
        price_list_id = price_list_id, product_id = product_id, customer_id = customer_id);
    if filter.history != Some(true) {
        wanted.also(prices::before_version.is_null());
    }
    if let Some(day) = filter.valid_on {
        wanted.also(prices::valid_from.le(day));
        wanted.also(prices::valid_before.is_null().or(prices::valid_before.gt(day)));
    }
    let found = paged!(reader, page, filter.sort, wanted;
        prices::table.inner_join(price_lists::table).inner_join(products::table)
        => (
            PriceRow::as_select(),
            price_lists::currency,
            (products::id, products::code, products::name_zh, products::name_en),
        );
        |found: &Found| &found.0);
    let sees_floors = reader.actor().may(Permission::ReadProfit);
    found.try_map(|found| shown(found, sees_floors))
}

fn shown((row, currency, product): Found, sees_floors: bool) -> Result<PriceView, Failure> {
    let currency =
        currency.parse().map_err(|_| Failure::corrupt("price_lists", "currency", row.price_list_id.0))?;
    let (price_list_id, before_version) = (row.price_list_id.into(), row.before_version);
    let Price { id, terms } = row.price(currency);
    Ok(PriceView {
        id,
        price_list_id,
        product: product.into(),
        customer_id: terms.customer,
        channel: terms.channel,
        tier: terms.tier,
        region: terms.region,
        from_quantity: terms.from_quantity,
        below_quantity: terms.below_quantity,
        valid_from: terms.valid_from,
        valid_before: terms.valid_before,
        price: terms.price,
        floor: terms.floor.filter(|_| sees_floors),
        before_version,
    })
}

columns! { PriceView as "prices" "价格" "Prices", Permission::ExportSales:
    product "产品" "Product";
    channel "渠道" "Channel";
    tier "客户等级" "Customer tier";
    region "区域" "Region";
    from_quantity "数量自" "From quantity" = |price| price.from_quantity.to_string();
    below_quantity "数量止（不含）" "Below quantity" = |price| price.below_quantity.map(|end| end.to_string());
    valid_from "有效期自" "Valid from";
    valid_before "有效期止（不含）" "Valid before";
    price "价格" "Price";
}

/// For whom, where, when and how much a price is asked for.
#[derive(Clone, Debug, Deserialize, Validate, IntoParams)]
pub struct AskedPrice {
    /// In which currency; that of the oldest list where absent.
    #[param(inline)]
    pub currency: Option<Currency>,
    /// How many; one where absent.
    pub quantity: Option<Quantity>,
    /// The document's business date; today where absent.
    pub on: Option<NaiveDate>,
    /// For which customer.
    pub customer_id: Option<CustomerId>,
    /// In which channel.
    #[validate(length(min = 1, max = 40))]
    #[param(min_length = 1, max_length = 40)]
    pub channel: Option<String>,
    /// For which tier of customers; that of the customer on that day where absent.
    #[validate(length(min = 1, max = 40))]
    #[param(min_length = 1, max_length = 40)]
    pub tier: Option<String>,
    /// In which region.
    #[validate(length(min = 1, max = 40))]
    #[param(min_length = 1, max_length = 40, example = "华东")]
    pub region: Option<String>,
}

/// The price that counts, and why.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = EffectivePrice)]
pub struct EffectivePriceView {
    /// Which.
    pub price_id: PriceId,
    /// The list it is on.
    pub price_list_id: PriceListId,
    /// The version of that list.
    #[schema(minimum = 1)]
    pub price_list_version: Version,
    /// What a unit costs, tax included.
    pub price: Money,
    /// Below which the general manager is asked; absent without the permission to read profit.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub floor: Option<Money>,
    /// The keys by which it is specific, the most specific first; none: the general price.
    #[schema(max_items = 4)]
    pub specific_by: Vec<PriceKey>,
    /// How many other prices fitted and were less specific.
    #[schema(minimum = 0)]
    pub passed_over: usize,
    /// What that rests on.
    pub citation: Citation,
}

impl View for EffectivePriceView {}

/// The tier that is asked for: the one that is named, else the one that the customer holds, where the caller sees them.
fn tier(reader: &mut Reader<'_>, asked: &AskedPrice, on: NaiveDate) -> Result<Option<String>, Failure> {
    let Some(customer) = asked.customer_id.filter(|_| asked.tier.is_none()) else {
        return Ok(asked.tier.clone());
    };
    let sees = reader.finds_by(Permission::ReadCustomers, |reader| customer_file::find(reader, customer))?;
    if sees { customer_tier::held_on(reader, customer, on) } else { Ok(None) }
}

/// Which price of a product counts.
///
/// # Errors
/// `price_list.no_price`, naming the product.
pub fn effective(
    reader: &mut Reader<'_>,
    product: ProductId,
    asked: &AskedPrice,
) -> Result<EffectivePriceView, Failure> {
    let product = product::find(reader, product)?;
    let on = asked.on.unwrap_or_else(|| reader.today());
    let order = order(reader, on)?;
    let list = of_currency(reader, asked.currency, product.id)?;
    let tier = tier(reader, asked, on)?;
    let wanted = Asked {
        customer: asked.customer_id,
        channel: asked.channel.clone(),
        tier,
        region: asked.region.clone(),
        quantity: asked.quantity.unwrap_or(Quantity::units(1)),
        on,
    };
    let standing = list.as_ref().map_or(&[][..], |list| &list.prices);
    let chosen = order.content.choose(standing, &wanted, &product.details.code)?;
    let list = list.ok_or(Failure::NotFound)?;
    let sees_floor = reader.actor().may(Permission::ReadProfit);
    Ok(EffectivePriceView {
        price_id: chosen.id,
        price_list_id: list.id,
        price_list_version: list.version,
        price: chosen.price,
        floor: chosen.floor.filter(|_| sees_floor),
        specific_by: chosen.by,
        passed_over: chosen.passed_over,
        citation: order.cite("PRI-1", Some("004 §5.3")),
    })
}
