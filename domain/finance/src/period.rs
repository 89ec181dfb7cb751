//! Months, quarters and years of the company's calendar: what budgets are cut into and what closes. `[BUD-2, BUD-9]`
//!
//! The fiscal year is the calendar year, as Chinese accounting law has it.

use crate::spine::{BusinessDate, allocate};
use chrono::Datelike;
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};
use utoipa::openapi::{ObjectBuilder, RefOr, Schema, schema::Type};

/// A stretch of the fiscal year: the year, one of its quarters, or one of its months.
///
/// In text `2026`, `2026-Q1` or `2026-03`. Ordered by its first day, the longer one first.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Period {
    year: i32,
    span: Span,
}

/// How long a period is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
enum Span {
    Year,
    Quarter(u32),
    Month(u32),
}

/// The first fiscal year that can be written.
pub const FIRST_YEAR: i32 = 2000;
/// The last fiscal year that can be written.
pub const LAST_YEAR: i32 = 2999;

/// A text that is no period.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct NotAPeriod;

impl fmt::Display for NotAPeriod {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not a period such as 2026, 2026-Q1 or 2026-03")
    }
}
impl std::error::Error for NotAPeriod {}

impl Period {
    /// A whole fiscal year, if it can be written.
    pub fn year(year: i32) -> Option<Self> {
        (FIRST_YEAR..=LAST_YEAR).contains(&year).then_some(Self { year, span: Span::Year })
    }
    /// The quarter, 1 to 4, of a year.
    pub fn quarter(year: i32, quarter: u32) -> Option<Self> {
        Self::year(year)?;
        (1..=4).contains(&quarter).then_some(Self { year, span: Span::Quarter(quarter) })
    }
    /// The month, 1 to 12, of a year.
    pub fn month(year: i32, month: u32) -> Option<Self> {
        Self::year(year)?;
        (1..=12).contains(&month).then_some(Self { year, span: Span::Month(month) })
    }
    /// The month in which a day lies; a day outside the writable years counts to the nearest of them.
    pub fn month_of(day: BusinessDate) -> Self {
        Self { year: day.year().clamp(FIRST_YEAR, LAST_YEAR), span: Span::Month(day.month()) }
    }
    /// The fiscal year it belongs to.
    pub const fn fiscal_year(self) -> i32 {
        self.year
    }
    /// Whether it is a single month.
    pub const fn is_month(self) -> bool {
        matches!(self.span, Span::Month(_))
    }
    /// Whether it is a quarter.
    pub const fn is_quarter(self) -> bool {
        matches!(self.span, Span::Quarter(_))
    }
    /// Whether it is a whole year.
    pub const fn is_year(self) -> bool {
        matches!(self.span, Span::Year)
    }
    /// How many months it has: 12, 3 or 1.
    pub const fn length(self) -> u32 {
        match self.span {
            Span::Year => 12,
            Span::Quarter(_) => 3,
            Span::Month(_) => 1,
        }
    }
    const fn first_month(self) -> u32 {
        match self.span {
            Span::Year => 1,
            Span::Quarter(quarter) => quarter * 3 - 2,
            Span::Month(month) => month,
        }
    }
    /// Its first day.
    pub fn first_day(self) -> BusinessDate {
        BusinessDate::from_ymd_opt(self.year, self.first_month(), 1).unwrap_or(BusinessDate::MIN)
    }
    /// Its last day.
    pub fn last_day(self) -> BusinessDate {
        self.months().last().map_or(self.first_day(), |month| {
            let next = month.first_day() + chrono::Months::new(1);
            next.pred_opt().unwrap_or(next)
        })
    }
    /// Its months, first to last.
    pub fn months(self) -> impl DoubleEndedIterator<Item = Self> {
        let first = self.first_month();
        (first..first + self.length()).map(move |month| Self { year: self.year, span: Span::Month(month) })
    }
    /// Its quarters, first to last; none in a month.
    pub fn quarters(self) -> impl DoubleEndedIterator<Item = Self> {
        let first = self.first_month().div_ceil(3);
        (first..first + self.length() / 3)
            .map(move |quarter| Self { year: self.year, span: Span::Quarter(quarter) })
    }
    /// It and the longer ones that it lies in, the shortest first.
    pub fn around(self) -> impl Iterator<Item = Self> {
        let quarter = Self { year: self.year, span: Span::Quarter(self.first_month().div_ceil(3)) };
        let year = Self { year: self.year, span: Span::Year };
        let longer = [quarter, year].into_iter().filter(move |period| period.length() > self.length());
        std::iter::once(self).chain(longer)
    }
    /// The same stretch of another fiscal year, if that can be written.
    pub fn in_year(self, year: i32) -> Option<Self> {
        Self::year(year).map(|_| Self { year, ..self })
    }
    /// Whether a day lies in it.
    pub fn contains(self, day: BusinessDate) -> bool {
        (self.first_day()..=self.last_day()).contains(&day)
    }
    /// Whether another period lies wholly in it.
    pub fn covers(self, other: Self) -> bool {
        self.contains(other.first_day()) && self.contains(other.last_day())
    }
    /// The period of the same length that follows; none past the last writable year.
    pub fn next(self) -> Option<Self> {
        match self.span {
            Span::Year => Self::year(self.year + 1),
            Span::Quarter(4) => Self::quarter(self.year + 1, 1),
            Span::Quarter(quarter) => Self::quarter(self.year, quarter + 1),
            Span::Month(12) => Self::month(self.year + 1, 1),
            Span::Month(month) => Self::month(self.year, month + 1),
        }
    }
    /// The period of the same length that goes before; none ahead of the first writable year.
    pub fn previous(self) -> Option<Self> {
        match self.span {
            Span::Year => Self::year(self.year - 1),
            Span::Quarter(1) => Self::quarter(self.year - 1, 4),
            Span::Quarter(quarter) => Self::quarter(self.year, quarter - 1),
            Span::Month(1) => Self::month(self.year - 1, 12),
            Span::Month(month) => Self::month(self.year, month - 1),
        }
    }
    /// The same stretch of the year before.
    pub fn a_year_before(self) -> Option<Self> {
        Self::year(self.year - 1).map(|_| Self { year: self.year - 1, ..self })
    }
}

impl PartialOrd for Period {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
impl Ord for Period {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        let key = |period: &Self| (period.year, period.first_month(), std::cmp::Reverse(period.length()));
        key(self).cmp(&key(other))
    }
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.span {
            Span::Year => write!(f, "{:04}", self.year),
            Span::Quarter(quarter) => write!(f, "{:04}-Q{quarter}", self.year),
            Span::Month(month) => write!(f, "{:04}-{month:02}", self.year),
        }
    }
}

impl FromStr for Period {
    type Err = NotAPeriod;
    fn from_str(text: &str) -> Result<Self, NotAPeriod> {
        let number = |digits: &str, length: usize| {
            let plain = digits.len() == length && digits.bytes().all(|byte| byte.is_ascii_digit());
            plain.then(|| digits.parse().ok()).flatten()
        };
        let year = |text: &str| number(text, 4).and_then(|year| i32::try_from(year).ok());
        let parsed: Option<Self> = match text.split_once('-') {
            None => year(text).and_then(Self::year),
            Some((of, part)) => match part.strip_prefix('Q') {
                Some(quarter) => year(of).zip(number(quarter, 1)).and_then(|(y, q)| Self::quarter(y, q)),
                None => year(of).zip(number(part, 2)).and_then(|(y, m)| Self::month(y, m)),
            },
        };
        parsed.ok_or(NotAPeriod)
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
impl utoipa::PartialSchema for Period {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .description(Some("A fiscal year, quarter or month: 2026, 2026-Q1, 2026-03."))
            .pattern(Some("^2[0-9]{3}(-Q[1-4]|-(0[1-9]|1[0-2]))?$"))
            .min_length(Some(4))
            .max_length(Some(7))
            .examples(["2026-03"])
            .into()
    }
}
impl utoipa::ToSchema for Period {
    fn name() -> std::borrow::Cow<'static, str> {
        "Period".into()
    }
}

impl Period {
    /// A period as people and spreadsheets write one: `2026-03`, `2026/3`, `2026年3月`, `2026年第一季度`, and `2026-03-01`,
    /// which a spreadsheet makes of the first of these.
    pub fn as_written(text: &str) -> Option<Self> {
        let plain: String = text
            .chars()
            .filter(|c| !c.is_whitespace() && *c != '第')
            .map(|c| match c {
                '年' | '/' | '.' => '-',
                '一' => '1',
                '二' => '2',
                '三' => '3',
                '四' => '4',
                other => other.to_ascii_uppercase(),
            })
            .collect();
        let plain = plain.trim_end_matches('-');
        let Some((year, part)) = plain.split_once('-') else { return plain.parse().ok() };
        let year: i32 = year.parse().ok()?;
        if let Some(quarter) = part.strip_prefix('Q').or_else(|| part.strip_suffix("季度")) {
            return Self::quarter(year, quarter.parse().ok()?);
        }
        let month = part.strip_suffix('月').or_else(|| part.strip_suffix("-01")).unwrap_or(part);
        Self::month(year, month.parse().ok()?)
    }

    /// What of money that was given to this period belongs to another, in minor units: all of it where this one lies
    /// within, else the months in even parts that add up to it.
    pub fn share(self, minor: i64, of: Self) -> i64 {
        let months: Vec<Self> = self.months().collect();
        let parts = allocate(minor, &vec![1; months.len()]);
        months.into_iter().zip(parts).filter(|(month, _)| of.covers(*month)).map(|(_, part)| part).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn period(text: &str) -> Period {
        text.parse().expect("a period")
    }

    #[test]
    fn texts_are_read_and_written_alike() {
        for text in ["2026", "2026-Q1", "2026-Q4", "2026-01", "2026-12"] {
            assert_eq!(period(text).to_string(), text);
        }
        for text in [
            "",
            "26",
            "2026-",
            "2026-Q0",
            "2026-Q5",
            "2026-13",
            "2026-00",
            "2026-1",
            "1999",
            "2026-Q10",
            "２０２６",
        ] {
            assert_eq!(text.parse::<Period>(), Err(NotAPeriod), "{text}");
        }
    }

    #[test]
    fn days_lie_where_the_calendar_says() {
        let quarter = period("2024-Q1");
        assert_eq!(quarter.last_day().to_string(), "2024-03-31");
        assert_eq!(period("2024-02").last_day().to_string(), "2024-02-29");
        assert_eq!(period("2026").last_day().to_string(), "2026-12-31");
        assert!(quarter.covers(period("2024-02")) && !period("2024-02").covers(quarter));
        assert_eq!(period("2026-12").next(), Some(period("2027-01")));
        assert_eq!(period("2026-Q1").previous(), Some(period("2025-Q4")));
        assert_eq!(period("2999").next(), None);
        assert_eq!(
            quarter.months().map(|m| m.to_string()).collect::<Vec<_>>(),
            ["2024-01", "2024-02", "2024-03"]
        );
    }

    #[test]
    fn the_months_of_a_quarter_share_its_budget_to_the_fen() {
        let period = |text: &str| text.parse::<Period>().expect("a period");
        let quarter = period("2026-Q1");
        let months = ["2026-01", "2026-02", "2026-03"].map(|month| quarter.share(100, period(month)));
        assert_eq!(months, [34, 33, 33]);
        assert_eq!(quarter.share(100, period("2026")), 100);
        assert_eq!(period("2026-03").share(100, quarter), 100);
        assert_eq!(period("2026-04").share(100, quarter), 0);
    }

    #[test]
    fn periods_are_read_as_people_and_spreadsheets_write_them() {
        for (text, period) in [
            ("2026", "2026"),
            ("2026年", "2026"),
            ("2026-q1", "2026-Q1"),
            ("2026年第一季度", "2026-Q1"),
            ("2026年4季度", "2026-Q4"),
            ("2026-03", "2026-03"),
            ("2026/3", "2026-03"),
            ("2026 年 3 月", "2026-03"),
            ("2026-03-01", "2026-03"),
        ] {
            let read = Period::as_written(text).map(|read| read.to_string());
            assert_eq!(read.as_deref(), Some(period), "{text}");
        }
        for text in ["", "三月", "2026-13", "2026-Q5", "2026-03-15", "26-03", "2026-", "年", "-"] {
            let read = Period::as_written(text).map(|read| read.to_string());
            assert_eq!(read.filter(|read| read != "2026"), None, "{text}");
        }
    }
}
