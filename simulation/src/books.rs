//! The teller's own books: what the year should have come to, kept without looking at the server's figures.

use std::collections::BTreeMap;

/// Amounts in fen.
#[derive(Clone, Debug, Default)]
pub struct Books {
    /// Documents made, and how they ended first.
    pub ends: BTreeMap<&'static str, u32>,
    /// What became of documents after that.
    pub afterwards: BTreeMap<&'static str, u32>,
    /// Gross posted, less reversed, by month: expense and deductible tax together.
    pub posted: BTreeMap<String, i64>,
    /// Paid, less what reversals undid.
    pub spent: i64,
    /// Approved claims that are not paid yet.
    pub committed: i64,
    /// Approved requests that are not over.
    pub promised: i64,
    /// What budgets gave, and what changes gave and took since; without what special reviews granted beyond it.
    pub planned: i64,
    /// What is left of the emergency fund.
    pub fund: i64,
    /// Vouchers given out.
    pub vouchers: u32,
}

impl Books {
    /// Counts how a document ended.
    pub fn ended(&mut self, how: &'static str) {
        *self.ends.entry(how).or_default() += 1;
    }

    /// Counts what became of a document that had ended.
    pub fn became(&mut self, what: &'static str) {
        *self.afterwards.entry(what).or_default() += 1;
    }

    /// Notes what was posted in a month; negative for a reversal.
    pub fn post(&mut self, month: &str, fen: i64) {
        *self.posted.entry(month.to_owned()).or_default() += fen;
    }
}
