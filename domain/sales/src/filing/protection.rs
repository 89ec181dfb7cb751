//! How long a filing protects: to its last day, and no longer than the days without progress that the terms allow. `[SAL-2b]`

use crate::{pipeline_terms::FilingTerms, spine::BusinessDate};
use chrono::Days;
use serde::{Deserialize, Serialize};

/// The protection of a filing; its terms freeze when it begins.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Protection {
    /// The last day.
    pub until: BusinessDate,
    /// Whether it was extended.
    pub is_extended: bool,
    /// The day of the last progress.
    pub progressed_on: BusinessDate,
    /// After how many days without progress it lapses.
    pub idle_days: u32,
}

fn later(day: BusinessDate, days: u32) -> BusinessDate {
    day.checked_add_days(Days::new(days.into())).unwrap_or(BusinessDate::MAX)
}

impl Protection {
    /// That which begins on a day.
    pub fn begin(today: BusinessDate, terms: &FilingTerms) -> Self {
        Self {
            until: later(today, terms.protection_days),
            is_extended: false,
            progressed_on: today,
            idle_days: terms.idle_days,
        }
    }

    /// The last day on which it holds, as things stand.
    pub fn lapses_on(&self) -> BusinessDate {
        self.until.min(later(self.progressed_on, self.idle_days))
    }

    /// Whether it holds on a day.
    pub fn holds_on(&self, day: BusinessDate) -> bool {
        day <= self.lapses_on()
    }

    /// The same, longer by its one extension; asking is a sign of life.
    #[must_use]
    pub fn extended(self, today: BusinessDate, terms: &FilingTerms) -> Self {
        Self {
            until: later(self.until, terms.extension_days),
            is_extended: true,
            progressed_on: self.progressed_on.max(today),
            ..self
        }
    }

    /// The same after progress.
    #[must_use]
    pub fn progressed(self, today: BusinessDate) -> Self {
        Self { progressed_on: self.progressed_on.max(today), ..self }
    }
}
