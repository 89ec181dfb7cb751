//! A line of the budget, as the regulations have it: never more asked of it than it has, and what goes beyond
//! is refused, reviewed or granted with a warning. `[BUD-2, BUD-4, BUD-5]`

use std::ops::RangeInclusive;

/// What happens to who asks for more than there is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Control {
    /// It is refused.
    Hard,
    /// It is reviewed, and granted with the approval.
    Special,
    /// It is granted with a warning.
    Warn,
    /// Nobody asks: the emergency fund.
    Fund,
}

impl Control {
    /// As the API says it.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Hard => "hard",
            Self::Special | Self::Fund => "special",
            Self::Warn => "warn",
        }
    }
}

/// What stands on a line.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
pub struct Balance {
    /// Given in all.
    pub allocated: i64,
    /// Of it, granted beyond the budget.
    pub beyond: i64,
    /// Asked for by documents in approval.
    pub reserved: i64,
    /// Promised to approved documents.
    pub committed: i64,
    /// Paid.
    pub spent: i64,
}

impl Balance {
    /// What is left.
    pub const fn available(self) -> i64 {
        self.allocated - self.reserved - self.committed - self.spent
    }

    /// Gives the line more than its budget; takes it back where negative.
    pub const fn grant(&mut self, amount: i64) {
        self.allocated += amount;
        self.beyond += amount;
    }
}

/// A line of the year's budget.
#[derive(Clone, Debug)]
pub struct Line {
    /// The code of the department whose money it is.
    pub department: &'static str,
    /// The category, or the heading of several.
    pub category: &'static str,
    /// The month, quarter or year, as the API says it.
    pub period: String,
    /// The months of the year it covers.
    pub months: RangeInclusive<u32>,
    /// What happens beyond it.
    pub control: Control,
    /// What stands on it.
    pub balance: Balance,
}

impl super::Books {
    /// The line that a department's spending of a month is charged to: the one of the nearest heading.
    pub fn charged(&self, department: &str, category: &str, month: u32) -> Option<usize> {
        let fits = |line: &Line| {
            line.control != Control::Fund
                && line.department == department
                && line.months.contains(&month)
                && category.starts_with(line.category)
        };
        let mut found = self.lines.iter().enumerate().filter(|(_, line)| fits(line)).collect::<Vec<_>>();
        found.sort_by_key(|(_, line)| line.category.len());
        found.last().map(|(index, _)| *index)
    }
}
