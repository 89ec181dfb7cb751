//! Rows of products and of their costs.

use crate::{
    organisation::{NamedColumns, NamedRef, unless_taken},
    schema::{product_costs as costs, products},
    spine::{Failure, Instant, Key, Reader, Stored, Tx, db, guard, save_row},
};
use diesel::prelude::*;
use domain::{
    product::{Product, ProductCost, ProductDetails, ProductId},
    spine::{BusinessDate, Money, Version, search_key},
};
use std::collections::HashMap;

#[derive(Queryable, Selectable, Insertable, AsChangeset, Clone, Debug)]
#[diesel(table_name = products, treat_none_as_default_value = false, treat_none_as_null = true)]
pub(super) struct Row {
    pub id: Key,
    pub code: String,
    pub name_zh: String,
    pub name_en: String,
    pub category: String,
    pub unit: String,
    pub decimals: i32,
    pub tax_rate_bp: i32,
    pub sold_from: BusinessDate,
    pub sold_to: Option<BusinessDate>,
    pub source: Option<String>,
    pub external_identity: Option<String>,
    pub changed_at: Instant,
    pub version: Version,
    pub search_text: String,
}

#[derive(Queryable, Selectable, Insertable, Clone, Debug)]
#[diesel(table_name = costs, treat_none_as_default_value = false)]
struct CostRow {
    product_id: Key,
    from_on: BusinessDate,
    to_on: Option<BusinessDate>,
    amount_minor: i64,
    currency: String,
}

impl Row {
    fn of(product: &Product, tx: &Tx<'_>) -> Self {
        let Product { id, details, costs: _, version } = product;
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
        let (source, external_id) = external.clone().unzip();
        Self {
            id: (*id).into(),
            code: code.clone(),
            name_zh: name_zh.clone(),
            name_en: name_en.clone(),
            category: category.clone(),
            unit: unit.clone(),
            decimals: i32::try_from(*decimals).unwrap_or(i32::MAX),
            tax_rate_bp: i32::try_from(*tax_rate_bp).unwrap_or(i32::MAX),
            sold_from: *sold_from,
            sold_to: *sold_to,
            source,
            external_identity: external_id,
            changed_at: tx.now().into(),
            version: *version,
            search_text: search_key(&[name_zh, name_en, code]),
        }
    }

    fn product(self, costs: Vec<CostRow>) -> Result<Product, Failure> {
        let corrupt = |column| Failure::corrupt("products", column, self.id.0);
        let cost = |cost: CostRow| {
            let CostRow { product_id: _, from_on, to_on, amount_minor, currency } = cost;
            let currency = currency.parse().map_err(|_| corrupt("currency"))?;
            Ok(ProductCost { from: from_on, to: to_on, amount: Money::from_minor(amount_minor, currency) })
        };
        let costs = costs.into_iter().map(cost).collect::<Result<_, Failure>>()?;
        Ok(Product {
            id: self.id.into(),
            details: ProductDetails {
                decimals: u32::try_from(self.decimals).map_err(|_| corrupt("decimals"))?,
                tax_rate_bp: u32::try_from(self.tax_rate_bp).map_err(|_| corrupt("tax_rate_bp"))?,
                code: self.code,
                name_zh: self.name_zh,
                name_en: self.name_en,
                category: self.category,
                unit: self.unit,
                sold_from: self.sold_from,
                sold_to: self.sold_to,
                external: self.source.zip(self.external_identity),
            },
            costs,
            version: self.version,
        })
    }
}

impl Stored<crate::Sales> for Product {
    fn save(&self, before: Option<&Self>, tx: &mut Tx<'_>) -> Result<(), Failure> {
        let row = Row::of(self, tx);
        guard(unless_taken(save_row!(tx, products, &row, before), "/code", &row.code)?)?;
        if before.is_some_and(|before| before.costs == self.costs) {
            return Ok(());
        }
        let key = row.id;
        db!(tx, |c| diesel::delete(costs::table.filter(costs::product_id.eq(key))).execute(c))?;
        let rows: Vec<CostRow> = self.costs.iter().map(|cost| cost_row(key, cost)).collect();
        db!(tx, |c| diesel::insert_into(costs::table).values(&rows).execute(c))?;
        Ok(())
    }
}

fn cost_row(product_id: Key, cost: &ProductCost) -> CostRow {
    let ProductCost { from, to, amount } = cost;
    CostRow {
        product_id,
        from_on: *from,
        to_on: *to,
        amount_minor: amount.minor(),
        currency: amount.currency().code().to_owned(),
    }
}

/// One product: whoever may read products may read each of them.
///
/// # Errors
/// Where there is none.
pub fn find(reader: &mut Reader<'_>, id: ProductId) -> Result<Product, Failure> {
    let key = Key::from(id);
    let row: Row =
        db!(reader, |c| products::table.filter(products::id.eq(key)).select(Row::as_select()).first(c))?;
    let costs: Vec<CostRow> = db!(reader, |c| costs::table
        .filter(costs::product_id.eq(key))
        .order(costs::from_on)
        .select(CostRow::as_select())
        .load(c))?;
    row.product(costs)
}

/// What products are called, by their ids.
///
/// # Errors
/// Where the database fails.
pub fn names(
    reader: &mut Reader<'_>,
    ids: impl IntoIterator<Item = ProductId>,
) -> Result<HashMap<ProductId, NamedRef>, Failure> {
    let keys: Vec<Key> = ids.into_iter().map(Key::from).collect();
    let rows: Vec<NamedColumns> = db!(reader, |c| products::table
        .filter(products::id.eq_any(&keys))
        .select((products::id, products::code, products::name_zh, products::name_en))
        .load(c))?;
    Ok(rows.into_iter().map(|row| (row.0.into(), row.into())).collect())
}
