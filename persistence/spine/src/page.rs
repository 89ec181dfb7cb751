//! Keyset pages: no list does more work on page 1000 than on page 1. `[INT-4]`

use super::{Instant, Key};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// Which part of a list is wanted.
#[derive(Clone, Debug)]
pub struct Page {
    /// At most this many rows.
    pub limit: i64,
    /// Where the last row of the page before stood.
    pub after: Option<Mark>,
    /// Whether all rows that match are to be counted.
    pub include_total: bool,
}

impl Page {
    /// The first of at most so many rows, uncounted.
    pub const fn first(limit: i64) -> Self {
        Self { limit, after: None, include_total: false }
    }
}

/// Where a row stands in a list: by what it is sorted, and what tells it from its equals.
pub type Mark = (SortKey, SortKey);

/// By what a row is sorted, as it travels in cursors.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(untagged)]
pub enum SortKey {
    /// By nothing but what tells it from its equals.
    Nothing,
    /// A number; an instant in microseconds.
    Number(i64),
    /// A text, an id, a day.
    Text(String),
}

impl From<&Instant> for SortKey {
    fn from(at: &Instant) -> Self {
        Self::Number(at.0.micros())
    }
}
impl From<&NaiveDate> for SortKey {
    fn from(day: &NaiveDate) -> Self {
        Self::Text(day.to_string())
    }
}
impl From<&Key> for SortKey {
    fn from(key: &Key) -> Self {
        Self::Text(key.0.to_string())
    }
}
impl From<&String> for SortKey {
    fn from(text: &String) -> Self {
        Self::Text(text.clone())
    }
}
impl From<&i64> for SortKey {
    fn from(number: &i64) -> Self {
        Self::Number(*number)
    }
}
impl From<&i32> for SortKey {
    fn from(number: &i32) -> Self {
        Self::Number((*number).into())
    }
}

/// One page of a list.
#[derive(Clone, Debug)]
pub struct Slice<T> {
    /// The rows.
    pub data: Vec<T>,
    /// Where the last row stands, if there are more behind it.
    pub next: Option<Mark>,
    /// How many rows match in all, where that was asked for.
    pub total: Option<i64>,
}

impl<T> Slice<T> {
    /// Nothing at all.
    pub fn empty(page: &Page) -> Self {
        Self { data: Vec::new(), next: None, total: page.include_total.then_some(0) }
    }

    /// Makes a page of rows that were loaded with one more than the limit.
    pub fn cut(mut rows: Vec<T>, limit: i64, total: Option<i64>, mark: impl Fn(&T) -> Mark) -> Self {
        let limit = usize::try_from(limit).unwrap_or(0);
        let more = rows.len() > limit;
        rows.truncate(limit);
        let next = if more { rows.last().map(mark) } else { None };
        Self { data: rows, next, total }
    }

    /// A page of rows that were computed whole, such as those of a report: its mark is the place of a row.
    pub fn of(rows: Vec<T>, page: &Page) -> Self {
        let total = i64::try_from(rows.len()).unwrap_or(i64::MAX);
        let begin = match page.after {
            Some((_, SortKey::Number(place))) => place.clamp(0, total),
            _ => 0,
        };
        let (skip, take) = (usize::try_from(begin).unwrap_or(0), usize::try_from(page.limit).unwrap_or(0));
        let end = begin + page.limit;
        Self {
            data: rows.into_iter().skip(skip).take(take).collect(),
            next: (end < total).then_some((SortKey::Nothing, SortKey::Number(end))),
            total: page.include_total.then_some(total),
        }
    }

    /// The same page with each row turned into something else.
    pub fn map<U>(self, f: impl FnMut(T) -> U) -> Slice<U> {
        Slice { data: self.data.into_iter().map(f).collect(), next: self.next, total: self.total }
    }

    /// The same page with each row turned into something else, if that can be done of all.
    pub fn try_map<U, E>(self, f: impl FnMut(T) -> Result<U, E>) -> Result<Slice<U>, E> {
        let data = self.data.into_iter().map(f).collect::<Result<_, _>>()?;
        Ok(Slice { data, next: self.next, total: self.total })
    }

    /// The same page with its rows shown together.
    pub fn show<U, E>(self, shown: impl FnOnce(Vec<T>) -> Result<Vec<U>, E>) -> Result<Slice<U>, E> {
        Ok(Slice { data: shown(self.data)?, next: self.next, total: self.total })
    }
}

/// A page of the rows that a condition lets through, in an order, and how many there are where that is asked for:
/// `paged!(reader, page, filter.sort, wanted; budgets::table => SummaryRow::as_select(); |row: &SummaryRow| row)`.
/// The last says where in what is selected the row stands that is sorted.
#[macro_export]
macro_rules! paged {
    ($reader:expr, $page:expr, $order:expr, $wanted:expr; $from:expr => $select:expr; $row:expr) => {{
        let (page, order, mut wanted): (&$crate::spine::Page, _, $crate::spine::Where) =
            ($page, $order, $wanted);
        let total: Option<i64> = if page.include_total {
            let count = ::diesel::dsl::count_star;
            Some($crate::spine::db!($reader, |c| $from.select(count()).filter(&wanted).first(c))?)
        } else {
            None
        };
        let sorted = $crate::spine::Order::sorted(order);
        wanted.behind(&sorted, page.after.as_ref());
        let rows = $crate::spine::db!($reader, |c| $from
            .select($select)
            .filter(&wanted)
            .order(&sorted)
            .limit(page.limit + 1)
            .load(c))?;
        let row: fn(&_) -> &_ = $row;
        $crate::spine::Slice::cut(rows, page.limit, total, |found| order.mark(row(found)))
    }};
}
