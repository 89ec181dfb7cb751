//! What the comparison reads: pay-outs, settlements, repayments and their reversals of a period, and of the advances
//! that are named.

use crate::{
    schema::{
        cash_advance_movements as movements, cash_advance_reversals as reversals, cash_advances as advances,
        expense_claim_hand_overs as hand_overs, expense_claims as claims,
    },
    spine::{Failure, Key, Reader, Sight, db, within},
};
use diesel::prelude::*;
use domain::{
    finance::cash_advance::MovementKind,
    spine::{BusinessDate, Money},
};

pub(super) fn money(advance: Key, currency: &str, minor: i64) -> Result<Money, Failure> {
    let currency = currency.parse().map_err(|_| Failure::corrupt("cash_advances", "currency", advance.0))?;
    Ok(Money::from_minor(minor, currency))
}

#[derive(Queryable)]
pub(super) struct PayoutRow {
    pub id: Key,
    pub number: String,
    pub status: String,
    pub currency: String,
    pub amount_minor: i64,
    pub reference: Option<String>,
    pub paid_on: Option<BusinessDate>,
}

/// The advances within the caller's sight that were paid out in a period, or are named.
pub(super) fn payouts(
    reader: &mut Reader<'_>,
    (from, to): (BusinessDate, BusinessDate),
    numbers: &[&str],
) -> Result<Vec<PayoutRow>, Failure> {
    let sight = Sight::of(reader);
    let columns = (
        advances::id,
        advances::number,
        advances::status,
        advances::currency,
        advances::amount_minor,
        advances::payout_reference,
        advances::paid_on,
    );
    let paid = advances::paid_on.between(from, to);
    Ok(db!(reader, |c| {
        let all = advances::table.select(columns).into_boxed();
        within!(all, sight, cash_advances, "cash_advance")
            .filter(paid.or(advances::number.eq_any(numbers)))
            .load(c)
    })?)
}

#[derive(Queryable)]
pub(super) struct MovedRow {
    pub advance: Key,
    pub number: String,
    pub currency: String,
    pub kind: String,
    pub reference: Option<String>,
    pub amount_minor: i64,
    pub moved_on: BusinessDate,
    /// The number of the claim that settles, and the day it was posted.
    pub claim: (Option<String>, Option<BusinessDate>),
}

/// What settled advances within the caller's sight in a period, and all that settled those that are named.
pub(super) fn moved(
    reader: &mut Reader<'_>,
    (from, to): (BusinessDate, BusinessDate),
    numbers: &[&str],
) -> Result<Vec<MovedRow>, Failure> {
    let sight = Sight::of(reader);
    let columns = (
        movements::advance_id,
        advances::number,
        advances::currency,
        movements::kind,
        movements::reference,
        movements::amount_minor,
        movements::moved_on,
        (claims::number.nullable(), hand_overs::posted_on.nullable()),
    );
    let repaid =
        movements::kind.eq(MovementKind::Repayment.code()).and(movements::moved_on.between(from, to));
    Ok(db!(reader, |c| {
        let all = movements::table
            .inner_join(advances::table)
            .left_join(claims::table.on(movements::claim_id.eq(claims::id.nullable())))
            .left_join(hand_overs::table.on(movements::claim_id.eq(hand_overs::claim_id.nullable())))
            .select(columns)
            .into_boxed();
        within!(all, sight, cash_advances, "cash_advance")
            .filter(repaid.or(hand_overs::posted_on.between(from, to)).or(advances::number.eq_any(numbers)))
            .load(c)
    })?)
}

#[derive(Queryable)]
pub(super) struct UndoneRow {
    pub advance: Key,
    pub number: String,
    pub currency: String,
    pub kind: String,
    pub amount_minor: i64,
    /// Reference and day of what was undone.
    pub original: (String, BusinessDate),
    /// Reference and day of what undoes it.
    pub counter: (String, BusinessDate),
}

/// What was undone of advances within the caller's sight, where it or its counter-entry lies in a period, and all that
/// was undone of those that are named.
pub(super) fn undone(
    reader: &mut Reader<'_>,
    (from, to): (BusinessDate, BusinessDate),
    numbers: &[&str],
) -> Result<Vec<UndoneRow>, Failure> {
    let sight = Sight::of(reader);
    let columns = (
        reversals::advance_id,
        advances::number,
        advances::currency,
        reversals::kind,
        reversals::amount_minor,
        (reversals::original_reference, reversals::original_on),
        (reversals::reference, reversals::reversed_on),
    );
    let near = reversals::original_on.between(from, to).or(reversals::reversed_on.between(from, to));
    Ok(db!(reader, |c| {
        let all = reversals::table.inner_join(advances::table).select(columns).into_boxed();
        within!(all, sight, cash_advances, "cash_advance")
            .filter(near.or(advances::number.eq_any(numbers)))
            .load(c)
    })?)
}
