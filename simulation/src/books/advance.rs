//! What employees got in advance, and what they owe of it. `[EXP-14]`

use super::Books;
use chrono::NaiveDate;

/// An advance that was paid out.
#[derive(Clone, Debug)]
pub struct Advance {
    /// Who got it.
    pub by: &'static str,
    /// When it was paid out.
    pub since: NaiveDate,
    /// The day it is to be settled.
    pub settle_on: NaiveDate,
    /// How much.
    pub amount: i64,
    /// Settled by claims.
    pub settled: i64,
    /// Paid back.
    pub repaid: i64,
}

impl Advance {
    /// What is owed of it.
    pub const fn outstanding(&self) -> i64 {
        self.amount - self.settled - self.repaid
    }

    /// Whether something is owed that should have been settled before today.
    pub fn is_overdue(&self, today: NaiveDate) -> bool {
        self.outstanding() > 0 && self.settle_on < today
    }
}

impl Books {
    /// Whether somebody owes what is overdue, and so gets no further advance.
    pub fn owes_overdue(&self, by: &str, today: NaiveDate) -> bool {
        self.advances.iter().any(|advance| advance.by == by && advance.is_overdue(today))
    }
}
