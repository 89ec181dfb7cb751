//! What sales bring to indicators: what counted for somebody and what came in, as it was decided here. `[KPI-1, SAL-1c]`

use crate::{
    sale::counted::received,
    schema::{credit_entries as credits, sales},
    spine::{Failure, Key, Part, Reader, db},
};
use diesel::prelude::*;
use domain::spine::{BusinessDate, Currency};
use persistence_base::measure::{Adjusted, Asked, Measure, Measured, digest};
use rust_decimal::Decimal;
use std::collections::{BTreeMap, BTreeSet};

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

/// The sales of which something counts for somebody, when all that was taken back is left out; each in the period in which it first
/// counted for them, so that one that is amended later is not closed twice.
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
        let known = counted_before(reader, asked, &Vec::from_iter(by_sale.keys().copied()))?;
        let closed = by_sale.iter().filter(|(sale, net)| **net > 0 && !known.contains(sale)).count();
        Ok(Measured { rows: count(rows.len()), ..Measured::count(closed, digest_of(&rows)) })
    },
};

/// Which of some sales counted for somebody before the period.
fn counted_before(reader: &mut Reader<'_>, asked: &Asked<'_>, of: &[Key]) -> Result<BTreeSet<Key>, Failure> {
    let (key, from) = (Key::from(asked.employee), asked.from);
    let rows: Vec<Key> = db!(reader, |c| credits::table
        .filter(credits::employee_id.eq(Some(key)).and(credits::sale_id.eq_any(of)))
        .filter(credits::counted_on.lt(from))
        .select(credits::sale_id)
        .distinct()
        .load(c))?;
    Ok(rows.into_iter().collect())
}

/// What customers paid for the sales that count for somebody, their part of it; what bounced or went back is taken from it on its
/// own day.
static RECEIPTS_AMOUNT: Measure = Measure {
    code: "receipts-amount",
    zh: "本人成交合同的回款金额",
    en: "Money received for the contracts that the person sold",
    unit: "元",
    needs_subject: false,
    of: |reader, asked| {
        let before = asked.until.succ_opt().unwrap_or(asked.until);
        let rows = received(reader, (asked.from, before), Some(Key::from(asked.employee)))?;
        let sum = rows.iter().map(|(_, _, minor)| minor).sum();
        Ok(Measured {
            value: Some(yuan(sum)),
            rows: count(rows.len()),
            digest: digest(rows.iter().map(|(_, source, minor)| format!("{} {minor}", source.0))),
            ..Measured::default()
        })
    },
};
