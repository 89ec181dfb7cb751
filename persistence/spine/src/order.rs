//! The orders of lists: each list says once by what it can be sorted. `[INT-4]`

use super::{Instant, Key, Mark, SortKey, SqlId, SqlInstant};
use chrono::NaiveDate;
use diesel::{
    Column, Expression,
    expression::{AppearsOnTable, ValidGrouping, is_aggregate},
    pg::Pg,
    query_builder::{AstPass, QueryFragment, QueryId},
    result::QueryResult,
    sql_types::{BigInt, Bool, Date, Integer, Text},
    sqlite::Sqlite,
};
use domain::spine::Timestamp;
use serde::{Deserialize, Deserializer, de::Error};
use utoipa::openapi::{ObjectBuilder, RefOr, Schema, schema::Type};

/// A value that a column is compared with, where a page begins behind it.
pub enum Seek {
    /// Of a column of instants.
    Instant(Instant),
    /// Of a column of days.
    Day(NaiveDate),
    /// Of a column of large numbers.
    Number(i64),
    /// Of a column of small numbers.
    Small(i32),
    /// Of a column of texts.
    Text(String),
    /// Of a column of ids.
    Id(Key),
}

/// An SQL type that a list can be sorted by.
pub trait Sortable {
    /// The value of it that a cursor holds; nothing where it holds another.
    fn read(key: &SortKey) -> Option<Seek>;
}

macro_rules! sortable {
    ($($sql:ty: $key:pat => $value:expr;)*) => {$(
        impl Sortable for $sql {
            fn read(key: &SortKey) -> Option<Seek> {
                match key { $key => $value, _ => None }
            }
        }
    )*};
}

sortable! {
    SqlInstant: SortKey::Number(micros) => Timestamp::from_micros(*micros).map(|at| Seek::Instant(Instant(at)));
    Date: SortKey::Text(day) => day.parse().ok().map(Seek::Day);
    BigInt: SortKey::Number(number) => Some(Seek::Number(*number));
    Integer: SortKey::Number(number) => i32::try_from(*number).ok().map(Seek::Small);
    Text: SortKey::Text(text) => Some(Seek::Text(text.clone()));
    SqlId: SortKey::Text(id) => id.parse().ok().map(|id| Seek::Id(Key(id)));
}

/// A column that a list can be sorted by.
pub trait SortColumn: QueryFragment<Sqlite> + QueryFragment<Pg> + Sync {
    /// Its name.
    fn name(&self) -> &'static str;
    /// The value of it that a cursor holds.
    fn read(&self, key: &SortKey) -> Option<Seek>;
}

impl<C> SortColumn for C
where
    C: Column + QueryFragment<Sqlite> + QueryFragment<Pg> + Sync,
    C::SqlType: Sortable,
{
    fn name(&self) -> &'static str {
        C::NAME
    }
    fn read(&self, key: &SortKey) -> Option<Seek> {
        <C::SqlType as Sortable>::read(key)
    }
}

/// Which of its orders a list is wanted in.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Choice {
    /// The place of the order among those of the list.
    pub place: usize,
    /// Whether it is turned round.
    pub descending: bool,
}

/// The orders of a list, as [`crate::orders`] makes them.
pub trait Order: Copy + Send + Sync + 'static {
    /// Their codes: each order, and then the same turned round.
    const CODES: &'static [&'static str];
    /// By which column each of them sorts.
    const COLUMNS: &'static [&'static dyn SortColumn];
    /// The column that tells rows from their equals.
    const TIE: &'static dyn SortColumn;
    /// Which one is wanted.
    fn choice(self) -> Choice;
    /// Makes one of the choice.
    fn of(choice: Choice) -> Self;

    /// As a clause of a query.
    fn sorted(self) -> Sorted {
        let Choice { place, descending } = self.choice();
        let column = Self::COLUMNS.get(place).copied().unwrap_or(Self::TIE);
        let column = (column.name() != Self::TIE.name()).then_some(column);
        Sorted { column, tie: Self::TIE, descending }
    }

    /// The order of a name, turned round or not.
    fn named(name: &str, descending: bool) -> Option<Self> {
        let at = Self::CODES.iter().position(|known| *known == name)?;
        Some(Self::of(Choice { place: at / 2, descending }))
    }

    /// Reads the order of a parameter.
    fn read<'de, D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let code = String::deserialize(from)?;
        let (name, descending) = code.strip_prefix('-').map_or((code.as_str(), false), |name| (name, true));
        Self::named(name, descending).ok_or_else(|| D::Error::unknown_variant(&code, Self::CODES))
    }

    /// How the document describes it.
    fn described() -> RefOr<Schema> {
        let usual = Self::CODES[usize::from(Self::of_default().choice().descending)];
        ObjectBuilder::new()
            .schema_type(Type::String)
            .enum_values(Some(Self::CODES.iter().copied()))
            .default(Some(usual.into()))
            .into()
    }

    /// The order where none is asked for: the first.
    fn of_default() -> Self;
}

/// An order as a clause: by a column and what tells rows from their equals, or by that alone.
pub struct Sorted {
    column: Option<&'static dyn SortColumn>,
    tie: &'static dyn SortColumn,
    descending: bool,
}

impl Sorted {
    /// The condition that a row stands behind a mark; nothing where the mark is of another order.
    pub(super) fn behind(&self, (key, tie): &Mark) -> Option<Behind> {
        let tie = (self.tie, self.tie.read(tie)?);
        let column = match self.column {
            None => None,
            Some(column) => Some((column, column.read(key)?)),
        };
        Some(Behind { column, tie, descending: self.descending })
    }
}

/// That a row stands behind another in its order. The first condition alone is a range of the index, which both
/// engines start from.
pub(super) struct Behind {
    column: Option<(&'static dyn SortColumn, Seek)>,
    tie: (&'static dyn SortColumn, Seek),
    descending: bool,
}

macro_rules! on {
    ($($engine:ty),*) => {$(
        impl QueryFragment<$engine> for Sorted {
            fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, $engine>) -> QueryResult<()> {
                let direction = if self.descending { " DESC" } else { " ASC" };
                if let Some(column) = self.column {
                    QueryFragment::<$engine>::walk_ast(column, out.reborrow())?;
                    out.push_sql(direction);
                    out.push_sql(", ");
                }
                QueryFragment::<$engine>::walk_ast(self.tie, out.reborrow())?;
                out.push_sql(direction);
                Ok(())
            }
        }

        impl QueryFragment<$engine> for Seek {
            fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, $engine>) -> QueryResult<()> {
                match self {
                    Self::Instant(at) => out.push_bind_param::<SqlInstant, _>(at),
                    Self::Day(day) => out.push_bind_param::<Date, _>(day),
                    Self::Number(number) => out.push_bind_param::<BigInt, _>(number),
                    Self::Small(number) => out.push_bind_param::<Integer, _>(number),
                    Self::Text(text) => out.push_bind_param::<Text, _>(text),
                    Self::Id(key) => out.push_bind_param::<SqlId, _>(key),
                }
            }
        }

        impl QueryFragment<$engine> for Behind {
            fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, $engine>) -> QueryResult<()> {
                let (beyond, from) = if self.descending { (" < ", " <= ") } else { (" > ", " >= ") };
                let (tie, value) = &self.tie;
                if let Some((column, at)) = &self.column {
                    QueryFragment::<$engine>::walk_ast(*column, out.reborrow())?;
                    out.push_sql(from);
                    QueryFragment::<$engine>::walk_ast(at, out.reborrow())?;
                    out.push_sql(" AND (");
                    QueryFragment::<$engine>::walk_ast(*column, out.reborrow())?;
                    out.push_sql(beyond);
                    QueryFragment::<$engine>::walk_ast(at, out.reborrow())?;
                    out.push_sql(" OR ");
                }
                QueryFragment::<$engine>::walk_ast(*tie, out.reborrow())?;
                out.push_sql(beyond);
                QueryFragment::<$engine>::walk_ast(value, out.reborrow())?;
                if self.column.is_some() {
                    out.push_sql(")");
                }
                Ok(())
            }
        }
    )*};
}
on!(Sqlite, Pg);

macro_rules! is_clause {
    ($($clause:ty),*) => {$(
        impl Expression for $clause {
            type SqlType = Bool;
        }
        impl<QS> AppearsOnTable<QS> for $clause {}
        impl ValidGrouping<()> for $clause {
            type IsAggregate = is_aggregate::No;
        }
        impl QueryId for $clause {
            type QueryId = ();
            const HAS_STATIC_QUERY_ID: bool = false;
        }
    )*};
}
is_clause!(Sorted, Behind);
pub(super) use is_clause;

/// Says by what a list can be sorted, the usual order first and in its usual direction; a minus in `sort=` turns an
/// order round. Each has a name and the column of the table, and the member of the row, where that is called otherwise;
/// `by` names the column that tells rows from their equals: an order by it alone needs no index but its own.
///
/// ```ignore
/// orders! {
///     /// By what budgets are ordered.
///     pub BudgetOrder of SummaryRow in budgets by id, descending:
///     created_at = id; changed_at; total = total_minor;
/// }
/// ```
#[macro_export]
macro_rules! orders {
    ($(#[$about:meta])* $vis:vis $order:ident of $row:ident in $table:ident by $tie:ident, $direction:ident:
        $($name:ident $(= $column:ident)?;)*) => {
        $(#[$about])*
        #[derive(Clone, Copy, PartialEq, Eq, Debug)]
        $vis struct $order($crate::spine::Choice);

        impl $crate::spine::Order for $order {
            const CODES: &'static [&'static str] =
                &[$(stringify!($name), concat!("-", stringify!($name))),*];
            const COLUMNS: &'static [&'static dyn $crate::spine::SortColumn] =
                &[$(&$crate::orders!(@column $table $name $($column)?)),*];
            const TIE: &'static dyn $crate::spine::SortColumn = &$table::$tie;
            fn choice(self) -> $crate::spine::Choice {
                self.0
            }
            fn of(choice: $crate::spine::Choice) -> Self {
                Self(choice)
            }
            fn of_default() -> Self {
                Self($crate::spine::Choice { place: 0, descending: $crate::orders!(@direction $direction) })
            }
        }

        impl $order {
            /// Where a row stands in this order.
            #[allow(dead_code, reason = "an order may stand for another")]
            fn mark(self, row: &$row) -> $crate::spine::Mark {
                type Of = fn(&$row) -> $crate::spine::SortKey;
                let keys: &[Of] = &[$(|row| (&$crate::orders!(@member row $name $($column)?)).into()),*];
                let sorted = <Self as $crate::spine::Order>::COLUMNS[self.0.place].name();
                let alone = sorted == <Self as $crate::spine::Order>::TIE.name();
                let key = if alone { $crate::spine::SortKey::Nothing } else { keys[self.0.place](row) };
                (key, (&row.$tie).into())
            }
        }

        impl Default for $order {
            fn default() -> Self {
                <Self as $crate::spine::Order>::of_default()
            }
        }
        impl<'de> ::serde::Deserialize<'de> for $order {
            fn deserialize<D: ::serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                <Self as $crate::spine::Order>::read(from)
            }
        }
        impl ::utoipa::PartialSchema for $order {
            fn schema() -> ::utoipa::openapi::RefOr<::utoipa::openapi::Schema> {
                <Self as $crate::spine::Order>::described()
            }
        }
        impl ::utoipa::ToSchema for $order {}
    };
    (@column $table:ident $name:ident) => { $table::$name };
    (@column $table:ident $name:ident $column:ident) => { $table::$column };
    (@member $row:ident $name:ident) => { $row.$name };
    (@member $row:ident $name:ident $column:ident) => { $row.$column };
    (@direction ascending) => { false };
    (@direction descending) => { true };
}
