//! Periods that come back (周期): days, ISO weeks, months, quarters, half years, years. `[DUT-1a, DUT-2a]`

use crate::spine::BusinessDate;
use chrono::{Datelike, Duration, Months, NaiveDate, Weekday};
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};
use utoipa::ToSchema;

/// How long a period is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = PeriodSpan)]
pub enum Span {
    /// A day.
    Day,
    /// An ISO week, Monday to Sunday; a year has 52 or 53.
    Week,
    /// A month.
    Month,
    /// A quarter.
    Quarter,
    /// Half a year.
    HalfYear,
    /// A year.
    Year,
}

crate::labels! { Span = "PeriodSpan":
    Day = "day", "每日", "Day";
    Week = "week", "每周", "Week";
    Month = "month", "每月", "Month";
    Quarter = "quarter", "每季度", "Quarter";
    HalfYear = "half_year", "每半年", "Half year";
    Year = "year", "每年", "Year";
}

impl Span {
    /// How many months it has; none where it is not made of months.
    pub const fn months(self) -> Option<u32> {
        match self {
            Self::Day | Self::Week => None,
            Self::Month => Some(1),
            Self::Quarter => Some(3),
            Self::HalfYear => Some(6),
            Self::Year => Some(12),
        }
    }
}

/// A text that is no period.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct NotAPeriod;

impl fmt::Display for NotAPeriod {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not a period such as 2026-05-11, 2026-W20, 2026-05, 2026-Q2, 2026-H1 or 2026")
    }
}
impl std::error::Error for NotAPeriod {}

/// A period. In text `2026-05-11`, `2026-W20`, `2026-05`, `2026-Q2`, `2026-H1` or `2026`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Period {
    first: BusinessDate,
    span: Span,
}

impl Period {
    /// The period of a length in which a day lies.
    pub fn containing(span: Span, day: BusinessDate) -> Self {
        let first = match span {
            Span::Day => Some(day),
            Span::Week => day.checked_sub_signed(Duration::days(day.weekday().num_days_from_monday().into())),
            Span::Month | Span::Quarter | Span::HalfYear | Span::Year => {
                let months = span.months().unwrap_or(1);
                BusinessDate::from_ymd_opt(day.year(), day.month0() / months * months + 1, 1)
            }
        };
        Self { first: first.unwrap_or(day), span }
    }

    /// How long it is.
    pub const fn span(self) -> Span {
        self.span
    }
    /// Its first day.
    pub const fn first(self) -> BusinessDate {
        self.first
    }
    /// Its last day.
    pub fn last(self) -> BusinessDate {
        self.end().pred_opt().unwrap_or(self.first)
    }

    /// The first day beyond it.
    fn end(self) -> BusinessDate {
        let end = match self.span {
            Span::Day => self.first.succ_opt(),
            Span::Week => self.first.checked_add_signed(Duration::days(7)),
            span => self.first.checked_add_months(Months::new(span.months().unwrap_or(1))),
        };
        end.unwrap_or(NaiveDate::MAX)
    }

    /// The period of the same length that follows.
    #[must_use]
    pub fn next(self) -> Self {
        Self { first: self.end(), ..self }
    }

    /// The n-th period of the same length that follows; itself where n is 0.
    #[must_use]
    pub fn later(self, periods: u32) -> Self {
        (0..periods).fold(self, |period, _| period.next())
    }

    /// Its n-th month, from 1; none where it is not made of so many.
    pub fn nth_month(self, month: u32) -> Option<Self> {
        self.span.months().filter(|months| (1..=*months).contains(&month))?;
        let first = self.first.checked_add_months(Months::new(month - 1))?;
        Some(Self { first, span: Span::Month })
    }
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month0) = (self.first.year(), self.first.month0());
        match self.span {
            Span::Day => write!(f, "{}", self.first),
            Span::Week => {
                let week = self.first.iso_week();
                write!(f, "{:04}-W{:02}", week.year(), week.week())
            }
            Span::Month => write!(f, "{year:04}-{:02}", month0 + 1),
            Span::Quarter => write!(f, "{year:04}-Q{}", month0 / 3 + 1),
            Span::HalfYear => write!(f, "{year:04}-H{}", month0 / 6 + 1),
            Span::Year => write!(f, "{year:04}"),
        }
    }
}

/// A number of exactly so many digits.
fn digits<T: FromStr>(text: &str, count: usize) -> Option<T> {
    let is_plain = text.len() == count && text.bytes().all(|byte| byte.is_ascii_digit());
    is_plain.then(|| text.parse().ok()).flatten()
}

fn read(text: &str) -> Option<Period> {
    let (year, rest) = text.split_at_checked(4)?;
    let year: i32 = digits(year, 4)?;
    let of = |span, month: u32| {
        let first = BusinessDate::from_ymd_opt(year, month, 1)?;
        Some(Period { first, span })
    };
    let part = |count: u32, text: &str| digits::<u32>(text, 1).filter(|part| (1..=count).contains(part));
    let rest = match rest.strip_prefix('-') {
        None if rest.is_empty() => return of(Span::Year, 1),
        None => return None,
        Some(rest) => rest,
    };
    if let Some(week) = rest.strip_prefix('W') {
        let first = BusinessDate::from_isoywd_opt(year, digits(week, 2)?, Weekday::Mon)?;
        return Some(Period { first, span: Span::Week });
    }
    if let Some(quarter) = rest.strip_prefix('Q') {
        return of(Span::Quarter, part(4, quarter)? * 3 - 2);
    }
    if let Some(half) = rest.strip_prefix('H') {
        return of(Span::HalfYear, part(2, half)? * 6 - 5);
    }
    match rest.split_once('-') {
        None => of(Span::Month, digits(rest, 2)?),
        Some((month, day)) => {
            let first = BusinessDate::from_ymd_opt(year, digits(month, 2)?, digits(day, 2)?)?;
            Some(Period { first, span: Span::Day })
        }
    }
}

impl FromStr for Period {
    type Err = NotAPeriod;
    fn from_str(text: &str) -> Result<Self, NotAPeriod> {
        read(text).ok_or(NotAPeriod)
    }
}
impl TryFrom<String> for Period {
    type Error = NotAPeriod;
    fn try_from(text: String) -> Result<Self, NotAPeriod> {
        text.parse()
    }
}
impl From<Period> for String {
    fn from(period: Period) -> Self {
        period.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn period(text: &str) -> Period {
        text.parse().expect("a period")
    }

    #[test]
    fn periods_follow_each_other_over_new_year() {
        for (text, next) in [
            ("2026-W52", "2026-W53"),
            ("2026-W53", "2027-W01"),
            ("2026-12", "2027-01"),
            ("2026-Q4", "2027-Q1"),
            ("2026-H2", "2027-H1"),
            ("2026", "2027"),
            ("2026-12-31", "2027-01-01"),
        ] {
            assert_eq!(period(text).next().to_string(), next);
        }
        assert_eq!(period("2026-W53").last().to_string(), "2027-01-03");
        assert_eq!(period("2024-02").last().to_string(), "2024-02-29");
        assert_eq!(period("2026-W18").later(2).to_string(), "2026-W20");
    }

    #[test]
    fn what_is_no_period_is_not_read() {
        for text in [
            "",
            "26",
            "2026-",
            "2026-W54",
            "2025-W53",
            "2026-W1",
            "2026-Q5",
            "2026-H0",
            "2026-13",
            "2026-02-30",
            "二〇二六",
        ] {
            assert_eq!(text.parse::<Period>(), Err(NotAPeriod), "{text}");
        }
    }

    #[test]
    fn months_of_a_period_are_counted() {
        assert_eq!(period("2026-H2").nth_month(6).map(String::from).as_deref(), Some("2026-12"));
        assert_eq!(period("2026-Q1").nth_month(4), None);
        assert_eq!(period("2026-W20").nth_month(1), None);
    }

    proptest! {
        #[test]
        fn every_day_lies_in_its_period_which_is_read_back(days in 0_i64..80_000, index in 0_usize..6) {
            let day = BusinessDate::default() + Duration::days(days);
            let period = Period::containing(Span::ALL[index], day);
            prop_assert!(period.first() <= day && day <= period.last());
            prop_assert_eq!(period.to_string().parse(), Ok(period));
            prop_assert_eq!(period.next().first(), period.last().succ_opt().expect("a day"));
        }
    }
}
