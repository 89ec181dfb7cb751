//! What the product measures of customers for their tier. Each wing that has something to measure registers it, for many
//! customers at once. `[TIE-1]`

use crate::{
    schema::interactions,
    spine::{Failure, Key, Reader, db},
};
use diesel::prelude::*;
use domain::{customer_file::CustomerId, spine::BusinessDate};
use rust_decimal::Decimal;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

/// Of whom, and over which days.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    /// Of whom.
    pub customers: &'a [CustomerId],
    /// The first day.
    pub from: BusinessDate,
    /// The last day.
    pub until: BusinessDate,
}

/// What was measured of one customer.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Measured {
    /// The value; none where there was nothing to measure.
    pub value: Option<Decimal>,
    /// From how many rows.
    pub rows: i64,
    /// A digest of them.
    pub digest: String,
}

/// What was measured of several; who is absent had nothing to measure.
pub type ByCustomer = BTreeMap<CustomerId, Measured>;

/// Something that is measured of customers.
pub struct TierMeasure {
    /// Its code: `purchases`.
    pub code: &'static str,
    /// Measures it.
    pub of: fn(&mut Reader<'_>, &Asked<'_>) -> Result<ByCustomer, Failure>,
}

/// The measure of a code.
pub fn of_code(reader: &Reader<'_>, code: &str) -> Option<&'static TierMeasure> {
    reader.house().all::<TierMeasure>().find(|measure| measure.code == code)
}

/// Measures each customer from the rows that are theirs: each row with the text by which it enters the digest.
pub fn each<R>(
    rows: Vec<(Key, R)>,
    said: impl Fn(&R) -> String,
    value: impl Fn(&[R]) -> Option<Decimal>,
) -> ByCustomer {
    let mut by: BTreeMap<CustomerId, Vec<R>> = BTreeMap::new();
    for (customer, row) in rows {
        by.entry(customer.into()).or_default().push(row);
    }
    let measured = |rows: Vec<R>| Measured {
        value: value(&rows),
        rows: i64::try_from(rows.len()).unwrap_or(i64::MAX),
        digest: digest(rows.iter().map(&said)),
    };
    by.into_iter().map(|(customer, rows)| (customer, measured(rows))).collect()
}

/// A digest of rows in their order.
pub fn digest(rows: impl IntoIterator<Item = String>) -> String {
    let mut hash = Sha256::new();
    for row in rows {
        hash.update(row.as_bytes());
        hash.update([0]);
    }
    hex::encode(hash.finalize())
}

/// Interactions that count, by the day on which they took place.
pub(super) static INTERACTIONS: TierMeasure = TierMeasure {
    code: "interactions",
    of: |reader, asked| {
        let keys: Vec<Key> = asked.customers.iter().map(|customer| (*customer).into()).collect();
        let (from, until) = (Some(asked.from), Some(asked.until));
        let rows: Vec<(Key, (Key, Option<BusinessDate>))> = db!(reader, |c| interactions::table
            .filter(interactions::customer_id.eq_any(&keys))
            .filter(interactions::is_qualified.eq(true))
            .filter(interactions::held_on.ge(from).and(interactions::held_on.le(until)))
            .order(interactions::id)
            .select((interactions::customer_id, (interactions::id, interactions::held_on)))
            .load(c))?;
        let said = |(id, on): &(Key, Option<BusinessDate>)| format!("{} {on:?}", id.0);
        Ok(each(rows, said, |rows| Some(Decimal::from(rows.len()))))
    },
};
