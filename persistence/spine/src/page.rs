//! Keyset pages: no list does more work on page 1000 than on page 1. `[INT-4]`

use uuid::Uuid;

/// Which part of a list is wanted.
#[derive(Clone, Debug)]
pub struct Page<K> {
    /// At most this many rows.
    pub limit: i64,
    /// The sort key and id of the last row of the page before.
    pub after: Option<(K, Uuid)>,
}

/// One page of a list.
#[derive(Clone, Debug)]
pub struct Slice<T, K> {
    /// The rows.
    pub data: Vec<T>,
    /// The sort key and id of the last row, if there are more behind it.
    pub next: Option<(K, Uuid)>,
    /// How many rows match in all, where that was asked for.
    pub total: Option<i64>,
}

impl<T, K> Slice<T, K> {
    /// Makes a page of rows that were loaded with one more than the limit.
    pub fn cut(mut rows: Vec<T>, limit: i64, key: impl Fn(&T) -> (K, Uuid)) -> Self {
        let limit = usize::try_from(limit).unwrap_or(0);
        let more = rows.len() > limit;
        rows.truncate(limit);
        let next = if more { rows.last().map(key) } else { None };
        Self { data: rows, next, total: None }
    }

    /// The same page with each row turned into something else.
    pub fn map<U>(self, f: impl FnMut(T) -> U) -> Slice<U, K> {
        Slice { data: self.data.into_iter().map(f).collect(), next: self.next, total: self.total }
    }
}

/// Orders a query by a column and the id, and goes on behind the last row of the page before; by the id alone
/// where no column is named. The first condition alone is a range of the index, which both engines start
/// from.
#[macro_export]
macro_rules! keyset {
    ($table:ident, $query:expr, $after:expr, ascending) => {
        match $after {
            Some((_, id)) => $query.filter($table::id.gt(Key(id))),
            None => $query,
        }
        .order($table::id.asc())
    };
    ($table:ident, $query:expr, $after:expr, descending) => {
        match $after {
            Some((_, id)) => $query.filter($table::id.lt(Key(id))),
            None => $query,
        }
        .order($table::id.desc())
    };
    ($table:ident, $query:expr, $column:ident, $after:expr, ascending) => {{
        let query = $query.order(($table::$column.asc(), $table::id.asc()));
        match $after {
            Some((value, id)) => query
                .filter($table::$column.ge(value).and($table::$column.gt(value).or($table::id.gt(Key(id))))),
            None => query,
        }
    }};
    ($table:ident, $query:expr, $column:ident, $after:expr, descending) => {{
        let query = $query.order(($table::$column.desc(), $table::id.desc()));
        match $after {
            Some((value, id)) => query
                .filter($table::$column.le(value).and($table::$column.lt(value).or($table::id.lt(Key(id))))),
            None => query,
        }
    }};
}
