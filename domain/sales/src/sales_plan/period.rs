//! Years, quarters and months of a plan.

use crate::spine::BusinessDate;
use chrono::{Datelike, Months};
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};
use utoipa::ToSchema;

/// A year, one of its quarters, or one of its months: `2026`, `2026-Q1`, `2026-03`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum PlanPeriod {
    /// A year.
    Year(i32),
    /// A quarter, 1 to 4.
    Quarter(i32, u32),
    /// A month, 1 to 12.
    Month(i32, u32),
}

/// That a text is no period.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct NoPeriod;

impl fmt::Display for NoPeriod {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not a period such as 2026, 2026-Q1 or 2026-03")
    }
}
impl std::error::Error for NoPeriod {}

impl PlanPeriod {
    /// The year it lies in.
    pub const fn year(self) -> i32 {
        match self {
            Self::Year(year) | Self::Quarter(year, _) | Self::Month(year, _) => year,
        }
    }
    /// Its first day.
    pub fn first_day(self) -> BusinessDate {
        let month = match self {
            Self::Year(_) => 1,
            Self::Quarter(_, quarter) => 3 * quarter - 2,
            Self::Month(_, month) => month,
        };
        BusinessDate::from_ymd_opt(self.year(), month, 1).unwrap_or(BusinessDate::MIN)
    }
    /// Its days, the first before the others.
    pub fn days(self) -> impl Iterator<Item = BusinessDate> {
        let (first, next) = (self.first_day(), self.next_first_day());
        first.iter_days().take_while(move |day| *day < next)
    }
    /// The first day after it.
    pub fn next_first_day(self) -> BusinessDate {
        let months = match self {
            Self::Year(_) => 12,
            Self::Quarter(..) => 3,
            Self::Month(..) => 1,
        };
        self.first_day().checked_add_months(Months::new(months)).unwrap_or(BusinessDate::MAX)
    }
    /// Whether a day lies in it.
    pub fn contains(self, day: BusinessDate) -> bool {
        self.first_day() <= day && day < self.next_first_day()
    }
    /// Whether all of its months have begun: then nothing of it lies ahead that a revision could move.
    pub fn has_begun(self, today: BusinessDate) -> bool {
        self.months().last().is_some_and(|month| month.first_day() <= today)
    }
    /// The months it holds.
    pub fn months(self) -> impl Iterator<Item = Self> {
        let first = self.first_day().month();
        let count = match self {
            Self::Year(_) => 12,
            Self::Quarter(..) => 3,
            Self::Month(..) => 1,
        };
        let year = self.year();
        (first..first + count).map(move |month| Self::Month(year, month))
    }
    /// Whether the other lies within it and is shorter.
    pub fn holds(self, other: Self) -> bool {
        let depth = |period: Self| match period {
            Self::Year(_) => 0,
            Self::Quarter(..) => 1,
            Self::Month(..) => 2,
        };
        let quarter = |period: Self| period.first_day().month().div_ceil(3);
        let within = matches!(self, Self::Year(_)) || quarter(self) == quarter(other);
        self.year() == other.year() && depth(self) < depth(other) && within
    }
    /// The month of a day.
    pub fn month_of(day: BusinessDate) -> Self {
        Self::Month(day.year(), day.month())
    }
}

impl fmt::Display for PlanPeriod {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Year(year) => write!(f, "{year:04}"),
            Self::Quarter(year, quarter) => write!(f, "{year:04}-Q{quarter}"),
            Self::Month(year, month) => write!(f, "{year:04}-{month:02}"),
        }
    }
}

impl FromStr for PlanPeriod {
    type Err = NoPeriod;
    fn from_str(text: &str) -> Result<Self, NoPeriod> {
        let number = |text: &str, digits: usize| {
            let plain = text.len() == digits && text.bytes().all(|b| b.is_ascii_digit());
            plain.then(|| text.parse::<u32>().ok()).flatten().ok_or(NoPeriod)
        };
        let (year, rest) = text.split_once('-').map_or((text, None), |(year, rest)| (year, Some(rest)));
        let year = i32::try_from(number(year, 4)?).map_err(|_| NoPeriod)?;
        let Some(rest) = rest else { return Ok(Self::Year(year)) };
        match rest.strip_prefix('Q') {
            Some(quarter) => {
                let quarter = number(quarter, 1)?;
                (1..=4).contains(&quarter).then_some(Self::Quarter(year, quarter)).ok_or(NoPeriod)
            }
            None => {
                let month = number(rest, 2)?;
                (1..=12).contains(&month).then_some(Self::Month(year, month)).ok_or(NoPeriod)
            }
        }
    }
}
impl TryFrom<String> for PlanPeriod {
    type Error = NoPeriod;
    fn try_from(text: String) -> Result<Self, NoPeriod> {
        text.parse()
    }
}
impl From<PlanPeriod> for String {
    fn from(period: PlanPeriod) -> Self {
        period.to_string()
    }
}

impl utoipa::PartialSchema for PlanPeriod {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
        use utoipa::openapi::{ObjectBuilder, Type};
        ObjectBuilder::new()
            .schema_type(Type::String)
            .description(Some("A year, a quarter or a month."))
            .min_length(Some(4))
            .max_length(Some(7))
            .pattern(Some("^2[0-9]{3}(-Q[1-4]|-(0[1-9]|1[0-2]))?$"))
            .examples([serde_json::json!("2026-03")])
            .into()
    }
}
impl ToSchema for PlanPeriod {}
