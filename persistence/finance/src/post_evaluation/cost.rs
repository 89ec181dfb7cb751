//! What an evaluated request cost: planned and approved against claimed and paid, from its own figures. `[EXP-12]`

use crate::{
    schema::{
        cash_advance_movements as movements, expense_claims as claims,
        expense_request_revisions as revisions, expense_requests as requests,
    },
    spine::{Failure, Key, Reader, db},
};
use diesel::prelude::*;
use domain::{
    finance::expense_request::RequestContent,
    spine::{Currency, Money},
};
use rust_decimal::{Decimal, RoundingStrategy};
use serde::Serialize;
use std::collections::HashMap;
use utoipa::ToSchema;

/// What an evaluated request cost, as its figures stand now, in the book currency.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = EvaluatedCost)]
pub struct CostView {
    /// What was approved first.
    pub planned: Money,
    /// What is approved now, with all amendments.
    pub approved: Money,
    /// What claims took of it, also those still in approval.
    pub claimed: Money,
    /// What was paid for it: to people, and by settling their advances; more than was approved where claims went
    /// beyond it.
    pub paid: Money,
    /// What was paid of what is approved, in per cent to two places.
    #[schema(value_type = Option<String>, max_length = 30, example = "87.50")]
    pub paid_percent: Option<Decimal>,
}

type Row = (Key, String, i64, i64, i32);

/// What each of these requests cost.
pub(super) fn of_requests(reader: &mut Reader<'_>, keys: &[Key]) -> Result<HashMap<Key, CostView>, Failure> {
    if keys.is_empty() {
        return Ok(HashMap::new());
    }
    let rows: Vec<Row> = db!(reader, |c| requests::table
        .filter(requests::id.eq_any(keys))
        .select((
            requests::id,
            requests::book_currency,
            requests::worth_minor,
            requests::claimed_minor,
            requests::revision
        ))
        .load(c))?;
    let amended: Vec<Key> = rows.iter().filter(|row| row.4 > 1).map(|row| row.0).collect();
    let (first, paid) = (first_approved(reader, &amended)?, paid(reader, keys)?);
    let mut costs = HashMap::new();
    for (id, book, approved, claimed, _) in rows {
        let book: Currency =
            book.parse().map_err(|_| Failure::corrupt("expense_requests", "book_currency", id.0))?;
        let money = |minor| Money::from_minor(minor, book);
        let paid = paid.get(&id).copied().unwrap_or(0);
        let cost = CostView {
            planned: first.get(&id).copied().unwrap_or(money(approved)),
            approved: money(approved),
            claimed: money(claimed),
            paid: money(paid),
            paid_percent: percent(paid, approved),
        };
        costs.insert(id, cost);
    }
    Ok(costs)
}

fn percent(part: i64, whole: i64) -> Option<Decimal> {
    let rate = (Decimal::from(part) * Decimal::ONE_HUNDRED).checked_div(Decimal::from(whole))?;
    let mut rate = rate.round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero);
    rate.rescale(2);
    Some(rate)
}

/// What requests that were amended were worth when they were approved first.
fn first_approved(reader: &mut Reader<'_>, keys: &[Key]) -> Result<HashMap<Key, Money>, Failure> {
    if keys.is_empty() {
        return Ok(HashMap::new());
    }
    let rows: Vec<(Key, String)> = db!(reader, |c| revisions::table
        .filter(revisions::request_id.eq_any(keys).and(revisions::revision.eq(1)))
        .select((revisions::request_id, revisions::content))
        .load(c))?;
    let worth = |(id, content): (Key, String)| {
        let content: RequestContent = serde_json::from_str(&content)?;
        Ok((id, content.worth()?))
    };
    rows.into_iter().map(worth).collect()
}

/// What was paid of the claims on these requests, in minor units: in money, and by settling advances. Claims that
/// were reversed count no more.
fn paid(reader: &mut Reader<'_>, keys: &[Key]) -> Result<HashMap<Key, i64>, Failure> {
    let posted = claims::status.eq("posted").and(claims::reverses_id.is_null());
    let of_these = || claims::request_id.eq_any(keys);
    let in_money: Vec<(Option<Key>, i64)> = db!(reader, |c| claims::table
        .filter(posted.and(of_these()))
        .select((claims::request_id, claims::paid_minor))
        .load(c))?;
    let settled: Vec<(Option<Key>, i64)> = db!(reader, |c| movements::table
        .inner_join(claims::table.on(movements::claim_id.eq(claims::id.nullable())))
        .filter(posted.and(of_these()))
        .select((claims::request_id, movements::amount_minor))
        .load(c))?;
    let mut paid = HashMap::new();
    for (request, amount) in in_money.into_iter().chain(settled) {
        if let Some(request) = request {
            *paid.entry(request).or_insert(0) += amount;
        }
    }
    Ok(paid)
}
