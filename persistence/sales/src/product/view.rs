//! What a product looks like: its costs only to who may read them. `[PROD, INT-4]`

use super::{find, row::Row};
use crate::{
    schema::products,
    search,
    spine::{
        Failure, Filter, Page, Reader, Slice, Target, View, Where, columns, in_json, narrow, orders, paged,
    },
};
use chrono::NaiveDate;
use diesel::prelude::*;
use domain::{
    product::{Product, ProductCost, ProductDetails, ProductId},
    spine::{Id, Money, Permission, Timestamp, Version},
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

/// Something the company sells.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Product)]
pub struct ProductView {
    /// Its identity.
    pub id: ProductId,
    /// Its code.
    #[schema(max_length = 40, example = "M-300")]
    pub code: String,
    /// Its Chinese name.
    #[schema(max_length = 60, example = "病人监护仪")]
    pub name_zh: String,
    /// Its English name.
    #[schema(max_length = 60, example = "Patient monitor")]
    pub name_en: String,
    /// What kind of product it is; the product line.
    #[schema(max_length = 60, example = "监护")]
    pub category: String,
    /// In what it is counted.
    #[schema(max_length = 20, example = "台")]
    pub unit: String,
    /// The decimals of that unit.
    #[schema(minimum = 0, maximum = 4)]
    pub decimals: u32,
    /// The value added tax in its prices, in basis points of the net.
    #[schema(minimum = 0, maximum = 10000, example = 1300)]
    pub tax_rate_bp: u32,
    /// The first day it is sold.
    pub sold_from: NaiveDate,
    /// The last day it is sold.
    pub sold_to: Option<NaiveDate>,
    /// The other system that keeps it.
    #[schema(max_length = 40, example = "erp")]
    pub source: Option<String>,
    /// Its identity there.
    #[schema(max_length = 100, example = "10023")]
    pub external_id: Option<String>,
    /// What it costs, the earliest first; absent without the permission to read profit.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, max_items = 200)]
    pub costs: Option<Vec<ProductCostView>>,
    /// Its version, for `If-Match`.
    #[schema(minimum = 1)]
    pub version: Version,
}

/// What a unit costs for some days.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = ProductCost)]
pub struct ProductCostView {
    /// The first day.
    pub from: NaiveDate,
    /// The last day; null: until the next begins.
    pub to: Option<NaiveDate>,
    /// How much, tax not included.
    pub amount: Money,
}

impl View for ProductView {
    fn version(&self) -> Option<Version> {
        Some(self.version)
    }
    fn location(&self) -> Option<String> {
        Some(format!("/api/v1/products/{}", self.id))
    }
}

/// One product.
///
/// # Errors
/// Where there is none.
pub fn view(reader: &mut Reader<'_>, id: ProductId) -> Result<ProductView, Failure> {
    let product = find(reader, id)?;
    show(reader, product)
}

/// A product where something refers to it.
pub static PRODUCT: Target =
    Target { permission: Permission::ReadProducts, look: |reader, id| in_json(view(reader, Id::from(id))) };

/// How a product at hand is shown.
///
/// # Errors
/// Never, so far: as all that is shown may.
pub fn show(reader: &mut Reader<'_>, product: Product) -> Result<ProductView, Failure> {
    let sees_costs = reader.actor().may(Permission::ReadProfit);
    let Product { id, details, costs, version } = product;
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
    let (source, external_id) = external.unzip();
    let shown = |cost: ProductCost| ProductCostView { from: cost.from, to: cost.to, amount: cost.amount };
    let costs = sees_costs.then(|| costs.into_iter().map(shown).collect());
    Ok(ProductView {
        id,
        code,
        name_zh,
        name_en,
        category,
        unit,
        decimals,
        tax_rate_bp,
        sold_from,
        sold_to,
        source,
        external_id,
        costs,
        version,
    })
}

/// A product in a list.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = ProductSummary)]
pub struct ProductSummary {
    /// Its identity.
    pub id: ProductId,
    /// Its code.
    #[schema(max_length = 40, example = "M-300")]
    pub code: String,
    /// Its Chinese name.
    #[schema(max_length = 60, example = "病人监护仪")]
    pub name_zh: String,
    /// Its English name.
    #[schema(max_length = 60, example = "Patient monitor")]
    pub name_en: String,
    /// What kind of product it is.
    #[schema(max_length = 60, example = "监护")]
    pub category: String,
    /// In what it is counted.
    #[schema(max_length = 20, example = "台")]
    pub unit: String,
    /// The first day it is sold.
    pub sold_from: NaiveDate,
    /// The last day it is sold.
    pub sold_to: Option<NaiveDate>,
    /// When it last changed.
    pub changed_at: Timestamp,
    /// Its version, for `If-Match`.
    #[schema(minimum = 1)]
    pub version: Version,
}

impl View for ProductSummary {}

/// Which products are wanted, and in what order.
#[derive(Clone, Debug, Default, Deserialize, Validate, IntoParams)]
#[serde(default)]
pub struct ProductFilter {
    /// Only of this category.
    #[validate(length(min = 1, max = 60))]
    #[param(min_length = 1, max_length = 60, example = "监护")]
    pub category: Option<String>,
    /// Only what is sold on this day.
    pub sold_on: Option<NaiveDate>,
    /// Only what changed at this instant or later.
    #[serde(rename = "changed_at[gte]")]
    pub changed_from: Option<Timestamp>,
    /// Only what changed before this instant.
    #[serde(rename = "changed_at[lt]")]
    pub changed_before: Option<Timestamp>,
    /// Only those whose code or name contains this; also by the name's pinyin or its initials.
    #[validate(length(min = 1, max = 100))]
    #[param(min_length = 1, max_length = 100, example = "jhy")]
    pub q: Option<String>,
    /// The order; a minus turns it round. By code where absent.
    #[param(inline)]
    pub sort: ProductOrder,
}

impl Filter for ProductFilter {}

orders! {
    /// By what products are ordered.
    pub ProductOrder of Row in products by id, ascending:
    code;
    changed_at;
    created_at = id;
}

/// Products, by code.
///
/// # Errors
/// Where the database fails.
pub fn list(
    reader: &mut Reader<'_>,
    filter: &ProductFilter,
    page: &Page,
) -> Result<Slice<ProductSummary>, Failure> {
    let mut wanted = Where::new();
    narrow!(wanted, products, filter;
        category = category, changed_at >= changed_from, changed_at < changed_before);
    if let Some(day) = filter.sold_on {
        wanted.also(products::sold_from.le(day));
        wanted.also(products::sold_to.is_null().or(products::sold_to.ge(day)));
    }
    search!(wanted, filter, products::search_text);
    let found = paged!(reader, page, filter.sort, wanted;
        products::table => Row::as_select(); |row: &Row| row);
    Ok(found.map(summary))
}

fn summary(row: Row) -> ProductSummary {
    ProductSummary {
        id: row.id.into(),
        code: row.code,
        name_zh: row.name_zh,
        name_en: row.name_en,
        category: row.category,
        unit: row.unit,
        sold_from: row.sold_from,
        sold_to: row.sold_to,
        changed_at: row.changed_at.into(),
        version: row.version,
    }
}

columns! { ProductSummary as "products" "产品" "Products", domain::spine::Permission::ExportSales:
    code "编码" "Code";
    name_zh "名称" "Chinese name";
    name_en "英文名称" "English name";
    category "类别" "Category";
    unit "计量单位" "Unit";
    sold_from "销售起始日" "Sold from";
    sold_to "销售截止日" "Sold to";
    changed_at "更新时间" "Changed at";
}
