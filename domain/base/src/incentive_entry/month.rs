//! In which month an entry counts, and what a month comes to for a person. `[INC-3, DUT-2d]`

use super::{IncentiveAmount, IncentiveEntry};
use crate::{
    spine::{BusinessDate, Currency, Money},
    working_time::{Period, Span},
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// How many months ahead an open one is looked for.
const MONTHS_MAX: usize = 1_200;

/// The month in which an incident of a day counts: its own, or the first open one behind it.
pub fn month_of(on: BusinessDate, is_closed: impl Fn(Period) -> bool) -> Period {
    let own = Period::containing(Span::Month, on);
    let months = std::iter::successors(Some(own), |month| Some(month.next()));
    months.take(MONTHS_MAX).find(|month| !is_closed(*month)).unwrap_or(own)
}

/// What the entries of a person come to in a month.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct MonthlyTotals {
    /// Money in minor units, by currency.
    pub money_minor: BTreeMap<Currency, i64>,
    /// Points.
    pub points: i64,
    /// Half days of wages.
    pub wage_half_days: i64,
    /// Honours granted, less those revoked.
    pub honours: i64,
}

impl MonthlyTotals {
    /// Adds what an entry that counts grants or takes.
    pub fn add(&mut self, amount: &IncentiveAmount, is_counter: bool) {
        match amount {
            IncentiveAmount::Money { amount } => {
                *self.money_minor.entry(amount.currency()).or_default() += amount.minor();
            }
            IncentiveAmount::Points { points } => self.points += i64::from(*points),
            IncentiveAmount::WageDays { half_days } => self.wage_half_days += i64::from(*half_days),
            IncentiveAmount::Honour { .. } => self.honours += if is_counter { -1 } else { 1 },
        }
    }

    /// Its sums of money, by currency; what comes to nothing is none.
    pub fn money(&self) -> Vec<Money> {
        let sums = self.money_minor.iter().filter(|(_, minor)| **minor != 0);
        sums.map(|(currency, minor)| Money::from_minor(*minor, *currency)).collect()
    }
}

impl<'a> FromIterator<&'a IncentiveEntry> for MonthlyTotals {
    /// Sums what counts; nothing that is only proposed or was cancelled.
    fn from_iter<I: IntoIterator<Item = &'a IncentiveEntry>>(entries: I) -> Self {
        let mut totals = Self::default();
        for entry in entries.into_iter().filter(|entry| entry.counts()) {
            totals.add(&entry.amount, entry.counters.is_some());
        }
        totals
    }
}

/// How much penalties like an amount have taken among entries of a month, without a sign: what caps are held
/// against. What is proposed is counted with what is confirmed; what was cancelled or countered is not.
pub fn taken<'a>(like: &IncentiveAmount, entries: impl IntoIterator<Item = &'a IncentiveEntry>) -> i64 {
    let live = entries.into_iter().filter(|entry| entry.holds_incident() && !entry.is_reversed());
    let penalties =
        live.map(|entry| &entry.amount).filter(|amount| amount.is_penalty() && amount.is_like(like));
    penalties.filter_map(IncentiveAmount::measure).map(i64::saturating_neg).sum()
}

impl IncentiveEntry {
    const fn is_reversed(&self) -> bool {
        matches!(self.status, super::IncentiveStatus::Reversed { .. })
    }
}
