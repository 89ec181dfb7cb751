//! What sales measure for the tiers of customers: what was bought, how much of it was paid, how often. As it was at the end of
//! the cut-off: what fell through, or was paid, later does not count. `[TIE-1]`

use crate::{
    customer_tier::{Asked, TierMeasure, measure::each},
    merged,
    schema::{receipt_allocations as allocations, sales},
    spine::{Failure, Instant, Key, Reader, db},
};
use diesel::prelude::*;
use domain::{spine::BusinessDate, working_time::midnight};
use rust_decimal::Decimal;
use std::collections::BTreeMap;

/// A sale of the window.
struct Bought {
    id: Key,
    closed_on: Option<BusinessDate>,
    total_minor: i64,
    paid_minor: i64,
}

fn said(sale: &Bought) -> String {
    format!("{} {:?} {} {}", sale.id.0, sale.closed_on, sale.total_minor, sale.paid_minor)
}

fn sum(sales: &[Bought], of: fn(&Bought) -> i64) -> Decimal {
    Decimal::new(sales.iter().map(of).sum(), 2)
}

/// What customers bought, in yuan.
pub(super) static PURCHASES: TierMeasure = TierMeasure {
    code: "purchases",
    of: |reader, asked| {
        Ok(each(bought(reader, asked)?, said, |sales| Some(sum(sales, |sale| sale.total_minor))))
    },
};

/// How much of that was paid, in per cent.
pub(super) static PAYMENT: TierMeasure = TierMeasure {
    code: "payment",
    of: |reader, asked| {
        Ok(each(bought(reader, asked)?, said, |sales| {
            let (total, paid) = (sum(sales, |sale| sale.total_minor), sum(sales, |sale| sale.paid_minor));
            let share = (paid * Decimal::ONE_HUNDRED).checked_div(total)?;
            Some(share.round_dp(2))
        }))
    },
};

/// How many deals there were.
pub(super) static LOYALTY: TierMeasure = TierMeasure {
    code: "loyalty",
    of: |reader, asked| Ok(each(bought(reader, asked)?, said, |sales| Some(Decimal::from(sales.len())))),
};

/// The sales of customers that closed in a window.
fn bought(reader: &mut Reader<'_>, asked: &Asked<'_>) -> Result<Vec<(Key, Bought)>, Failure> {
    type Row = (Key, Key, Option<Key>, Option<Key>, Option<BusinessDate>, i64);
    let keys: Vec<Key> = asked.customers.iter().map(|customer| (*customer).into()).collect();
    // What was sold to a file that was merged since counts for the one that stands for it.
    let stands_for = merged::families(reader, &keys)?;
    let keys: Vec<Key> = stands_for.keys().copied().collect();
    let end = midnight(asked.until.succ_opt().unwrap_or(asked.until), reader.zone());
    let (from, until, end) = (Some(asked.from), Some(asked.until), Instant::from(end));
    let stands = sales::fell_through_at.is_null().or(sales::fell_through_at.ge(Some(end)));
    let sold = (
        sales::customer_id,
        sales::id,
        sales::contract_id,
        sales::order_id,
        sales::closed_on,
        sales::total_minor,
    );
    let rows: Vec<Row> = db!(reader, |c| sales::table
        .filter(sales::customer_id.eq_any(&keys).and(stands))
        .filter(sales::closed_on.ge(from).and(sales::closed_on.le(until)))
        .order(sales::id)
        .select(sold)
        .load(c))?;
    // A sale is of a contract or of an order under none.
    let contracts: Vec<Option<Key>> = rows.iter().map(|row| row.2).filter(Option::is_some).collect();
    let orders: Vec<Option<Key>> = rows.iter().map(|row| row.3).filter(Option::is_some).collect();
    let of = allocations::contract_id.eq_any(&contracts).or(allocations::order_id.eq_any(&orders));
    let paid: Vec<(Option<Key>, Option<Key>, i64)> = db!(reader, |c| allocations::table
        .filter(of.and(allocations::at.lt(end)))
        .order(allocations::id)
        .select((allocations::contract_id, allocations::order_id, allocations::amount_minor))
        .load(c))?;
    let mut by: BTreeMap<Option<Key>, i64> = BTreeMap::new();
    for (contract, order, minor) in paid {
        *by.entry(contract.or(order)).or_default() += minor;
    }
    let with = |(customer, id, contract, order, closed_on, total_minor): Row| {
        let paid_minor = by.get(&contract.or(order)).copied().unwrap_or_default();
        (
            stands_for.get(&customer).copied().unwrap_or(customer),
            Bought { id, closed_on, total_minor, paid_minor },
        )
    };
    Ok(rows.into_iter().map(with).collect())
}
