//! Rows of price lists and their prices. A price stays: what took its place says from which version on.

use crate::{
    organisation::unless_taken,
    schema::{price_lists, prices},
    spine::{Failure, Instant, Key, Reader, Stored, Tx, Where, db, guard, save_row},
};
use diesel::prelude::*;
use domain::{
    price_list::{Price, PriceChange, PriceId, PriceList, PriceListId, PriceTerms},
    product::ProductId,
    quantity::Quantity,
    spine::{BusinessDate, Currency, Money, Version},
};

#[derive(Queryable, Selectable, Insertable, AsChangeset, Clone, Debug)]
#[diesel(table_name = price_lists, treat_none_as_default_value = false, treat_none_as_null = true)]
pub(super) struct Row {
    pub id: Key,
    pub name: String,
    pub currency: String,
    pub changed_at: Instant,
    pub version: Version,
}

#[derive(Queryable, Selectable, Insertable, Clone, Debug)]
#[diesel(table_name = prices, treat_none_as_default_value = false)]
pub(super) struct PriceRow {
    pub id: Key,
    pub price_list_id: Key,
    pub product_id: Key,
    pub customer_id: Option<Key>,
    pub channel: Option<String>,
    pub tier: Option<String>,
    pub region: Option<String>,
    pub from_quantity: i64,
    pub below_quantity: Option<i64>,
    pub valid_from: BusinessDate,
    pub valid_before: Option<BusinessDate>,
    pub price_minor: i64,
    pub floor_minor: Option<i64>,
    pub from_version: Version,
    pub before_version: Option<Version>,
}

impl PriceRow {
    fn of(list: &PriceList, price: &Price) -> Self {
        let Price { id, terms } = price;
        let PriceTerms {
            product,
            customer,
            channel,
            tier,
            region,
            from_quantity,
            below_quantity,
            valid_from,
            valid_before,
            price,
            floor,
        } = terms;
        Self {
            id: (*id).into(),
            price_list_id: list.id.into(),
            product_id: (*product).into(),
            customer_id: customer.map(Into::into),
            channel: channel.clone(),
            tier: tier.clone(),
            region: region.clone(),
            from_quantity: from_quantity.scaled(),
            below_quantity: below_quantity.map(Quantity::scaled),
            valid_from: *valid_from,
            valid_before: *valid_before,
            price_minor: price.minor(),
            floor_minor: floor.map(Money::minor),
            from_version: list.version,
            before_version: None,
        }
    }

    /// The price, in the currency of its list.
    pub fn price(self, currency: Currency) -> Price {
        let Self {
            id,
            price_list_id: _,
            product_id,
            customer_id,
            channel,
            tier,
            region,
            from_quantity,
            below_quantity,
            valid_from,
            valid_before,
            price_minor,
            floor_minor,
            from_version: _,
            before_version: _,
        } = self;
        Price {
            id: id.into(),
            terms: PriceTerms {
                product: product_id.into(),
                customer: customer_id.map(Into::into),
                channel,
                tier,
                region,
                from_quantity: Quantity::from_scaled(from_quantity),
                below_quantity: below_quantity.map(Quantity::from_scaled),
                valid_from,
                valid_before,
                price: Money::from_minor(price_minor, currency),
                floor: floor_minor.map(|minor| Money::from_minor(minor, currency)),
            },
        }
    }
}

impl Row {
    /// The currency of all prices of the list.
    pub fn currency(&self) -> Result<Currency, Failure> {
        self.currency.parse().map_err(|_| Failure::corrupt("price_lists", "currency", self.id.0))
    }
}

impl Stored<crate::Sales> for PriceList {
    fn save(&self, before: Option<&Self>, tx: &mut Tx<'_>) -> Result<(), Failure> {
        let Self { id, name, currency, prices: now, version } = self;
        let row = Row {
            id: (*id).into(),
            name: name.clone(),
            currency: currency.code().to_owned(),
            changed_at: tx.now().into(),
            version: *version,
        };
        guard(unless_taken(save_row!(tx, price_lists, &row, before), "/currency", &row.currency)?)?;
        let known = before.map_or(&[][..], |before| &before.prices);
        let holds = |prices: &[Price], id: PriceId| prices.iter().any(|price| price.id == id);
        let gone: Vec<Key> =
            known.iter().filter(|price| !holds(now, price.id)).map(|price| price.id.into()).collect();
        let version = *version;
        db!(tx, |c| diesel::update(prices::table.filter(prices::id.eq_any(&gone)))
            .set(prices::before_version.eq(Some(version)))
            .execute(c))?;
        let new: Vec<PriceRow> = now
            .iter()
            .filter(|price| !holds(known, price.id))
            .map(|price| PriceRow::of(self, price))
            .collect();
        for row in &new {
            db!(tx, |c| diesel::insert_into(prices::table).values(row).execute(c))?;
        }
        Ok(())
    }
}

/// One price list, without prices: a list may have any number.
///
/// # Errors
/// Where there is none.
pub fn find(reader: &mut Reader<'_>, id: PriceListId) -> Result<PriceList, Failure> {
    let key = Key::from(id);
    let row: Row = db!(reader, |c| price_lists::table
        .filter(price_lists::id.eq(key))
        .select(Row::as_select())
        .first(c))?;
    let currency = row.currency()?;
    Ok(PriceList { id, name: row.name, currency, prices: Vec::new(), version: row.version })
}

/// The list of a currency, with its prices of one product; the oldest list where no currency is asked for.
///
/// # Errors
/// Where the database fails.
pub(super) fn of_currency(
    reader: &mut Reader<'_>,
    currency: Option<Currency>,
    product: ProductId,
) -> Result<Option<PriceList>, Failure> {
    let mut wanted = Where::new();
    if let Some(currency) = currency {
        wanted.also(price_lists::currency.eq(currency.code()));
    }
    let row: Option<Row> = db!(reader, |c| price_lists::table
        .filter(wanted)
        .order(price_lists::id)
        .select(Row::as_select())
        .first(c)
        .optional())?;
    let Some(row) = row else { return Ok(None) };
    let currency = row.currency.parse().map_err(|_| Failure::corrupt("price_lists", "currency", row.id.0))?;
    let mut list =
        PriceList { id: row.id.into(), name: row.name, currency, prices: Vec::new(), version: row.version };
    list.prices = standing(reader, &list, &[product.into()])?;
    Ok(Some(list))
}

/// The list with the prices of all products that a change touches; nobody else changes it until the unit of work ends.
///
/// # Errors
/// Where it moved since the caller read it: its prices are not what the change was made for.
pub(super) fn with_prices(
    tx: &mut Tx<'_>,
    list: PriceList,
    change: &PriceChange,
) -> Result<PriceList, Failure> {
    tx.connection().lock_row("price_lists", list.id.into())?;
    let current = find(tx, list.id)?.version;
    if current != list.version {
        return Err(Failure::Stale { current });
    }
    let known: Vec<Key> = change.known().into_iter().map(Key::from).collect();
    let mut products: Vec<Key> = db!(tx, |c| prices::table
        .filter(prices::id.eq_any(&known))
        .select(prices::product_id)
        .distinct()
        .load(c))?;
    products.extend(change.products().into_iter().map(Key::from));
    let prices = standing(tx, &list, &products)?;
    Ok(PriceList { prices, ..list })
}

/// The prices that stand on a list, of some products.
fn standing(reader: &mut Reader<'_>, list: &PriceList, products: &[Key]) -> Result<Vec<Price>, Failure> {
    let key = Key::from(list.id);
    let rows: Vec<PriceRow> = db!(reader, |c| prices::table
        .filter(prices::price_list_id.eq(key))
        .filter(prices::product_id.eq_any(products))
        .filter(prices::before_version.is_null())
        .order((prices::product_id, prices::valid_from, prices::id))
        .select(PriceRow::as_select())
        .load(c))?;
    Ok(rows.into_iter().map(|row| row.price(list.currency)).collect())
}
