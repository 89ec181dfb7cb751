//! The teller's own books: what the year should come to, kept by the regulations alone, without ever looking
//! at a figure of the server. What a document will come to is written here before the server hears of it.

mod advance;
mod claim;
mod held;
mod line;

pub use advance::Advance;
pub use claim::{Claim, Spending};
pub use held::{Ask, Held, Request, Source, Standing};
pub use line::{Balance, Control, Line};

use std::collections::BTreeMap;

/// Everything that is kept. Amounts in fen.
#[derive(Debug, Default)]
pub struct Books {
    /// The lines of the year's budget.
    pub lines: Vec<Line>,
    /// The requests that were approved.
    pub requests: Vec<Request>,
    /// The advances that were paid out.
    pub advances: Vec<Advance>,
    /// Gross posted, less reversed: by month, department and category; expense and deductible tax together.
    pub posted: BTreeMap<(String, &'static str, &'static str), i64>,
    /// Of it, credited to what employees owe from advances.
    pub settled: i64,
    /// Documents made, and how they ended first.
    pub ends: BTreeMap<&'static str, u32>,
    /// What became of documents after that.
    pub afterwards: BTreeMap<&'static str, u32>,
    /// Vouchers given out.
    pub vouchers: u32,
    /// Invoices made out.
    invoices: u64,
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

    /// A fully digital invoice number that was never used.
    pub fn invoice_number(&mut self) -> String {
        self.invoices += 1;
        format!("27{:018}", self.invoices)
    }

    /// What is posted in all.
    pub fn posted(&self) -> i64 {
        self.posted.values().sum()
    }
}
