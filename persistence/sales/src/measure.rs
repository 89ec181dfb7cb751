//! What sales bring to indicators: what counted for somebody and what came in, as it was decided here. `[KPI-1, SAL-1c]`

use crate::{
    schema::{credit_entries as credits, receipt_allocations as allocations, sales},
    spine::{Failure, Instant, Key, Part, Reader, db},
};
use diesel::prelude::*;
use domain::spine::{BusinessDate, Currency};
use persistence_base::measure::{Adjusted, Asked, Measure, Measured, digest};
use rust_decimal::Decimal;
use std::collections::BTreeMap;

/// What this noun brings to its wing.
pub(crate) const NOUN: &[Part] = &[&SALES_AMOUNT, &SALES_CLOSED, &RECEIPTS_AMOUNT];

/// An entry of credit with its sale.
type Credit = (Key, i64, Key, (String, Option<BusinessDate>));

/// The entries that count for somebody on some days, by id.
fn credited(reader: &mut Reader<'_>, asked: &Asked<'_>) -> Result<Vec<Credit>, Failure> {
    let (key, from, until) = (Key::from(asked.employee), asked.from, asked.until);
    Ok(db!(reader, |c| credits::table
        .inner_join(sales::table.on(sales::id.eq(credits::sale_id)))
        .filter(credits::employee_id.eq(Some(key)))
        .filter(credits::counted_on.ge(from).and(credits::counted_on.le(until)))
        .order(credits::id)
        .select((credits::id, credits::net_minor, credits::sale_id, (sales::number, sales::closed_on)))
        .load(c))?)
}

fn digest_of(rows: &[Credit]) -> String {
    digest(rows.iter().map(|(id, net, sale, _)| format!("{} {net} {}", id.0, sale.0)))
}

fn yuan(minor: i64) -> Decimal {
    Decimal::new(minor, Currency::Cny.digits())
}

fn count(rows: usize) -> i64 {
    i64::try_from(rows).unwrap_or(i64::MAX)
}

/// What counts for somebody, without tax. What is taken back of a sale that counted in an earlier period names that sale.
static SALES_AMOUNT: Measure = Measure {
    code: "sales-amount",
    zh: "计入本人业绩的销售额（不含税）",
    en: "Sales that count for the person, without tax",
    unit: "元",
    needs_subject: false,
    of: |reader, asked| {
        let rows = credited(reader, asked)?;
        let mut earlier: BTreeMap<&str, (BusinessDate, i64)> = BTreeMap::new();
        for (_, net, _, (number, closed_on)) in &rows {
            if let Some(on) = closed_on.filter(|on| *on < asked.from) {
                earlier.entry(number.as_str()).or_insert((on, 0)).1 += net;
            }
        }
        let adjusted = earlier.into_iter().map(|(number, (on, net))| Adjusted {
            on,
            about: number.to_owned(),
            value: yuan(net),
        });
        let sum = rows.iter().map(|(_, net, ..)| net).sum();
        Ok(Measured {
            value: Some(yuan(sum)),
            rows: count(rows.len()),
            digest: digest_of(&rows),
            adjusted: adjusted.collect(),
            ..Measured::default()
        })
    },
};

/// The sales of which something counts for somebody, when all that was taken back is left out.
static SALES_CLOSED: Measure = Measure {
    code: "sales-closed",
    zh: "计入本人业绩的成交单数",
    en: "Sales closed that count for the person",
    unit: "单",
    needs_subject: false,
    of: |reader, asked| {
        let rows = credited(reader, asked)?;
        let mut by_sale: BTreeMap<Key, i64> = BTreeMap::new();
        for (_, net, sale, _) in &rows {
            *by_sale.entry(*sale).or_default() += net;
        }
        let closed = by_sale.values().filter(|net| **net > 0).count();
        Ok(Measured { rows: count(rows.len()), ..Measured::count(closed, digest_of(&rows)) })
    },
};

/// What customers paid for the contracts that somebody sold; what bounced or went back is taken from it.
static RECEIPTS_AMOUNT: Measure = Measure {
    code: "receipts-amount",
    zh: "本人成交合同的回款金额",
    en: "Money received for the contracts that the person sold",
    unit: "元",
    needs_subject: false,
    of: |reader, asked| {
        let key = Key::from(asked.employee);
        let (begins, ends) = asked.instants(reader.zone());
        let (begins, ends) = (Instant::from(begins), Instant::from(ends));
        let rows: Vec<(Key, i64)> = db!(reader, |c| allocations::table
            .inner_join(sales::table.on(sales::contract_id.eq(allocations::contract_id)))
            .filter(
                sales::owner_id.eq(Some(key)).or(sales::owner_id.is_null().and(sales::submitter_id.eq(key)))
            )
            .filter(sales::currency.eq(Currency::Cny.code()))
            .filter(allocations::at.ge(begins).and(allocations::at.lt(ends)))
            .order(allocations::id)
            .select((allocations::id, allocations::amount_minor))
            .load(c))?;
        let sum = rows.iter().map(|(_, minor)| minor).sum();
        Ok(Measured {
            value: Some(yuan(sum)),
            rows: count(rows.len()),
            digest: digest(rows.iter().map(|(id, minor)| format!("{} {minor}", id.0))),
            ..Measured::default()
        })
    },
};
