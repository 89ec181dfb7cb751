//! What lists are narrowed by. A filter is said once, beside the view: the members are the parameters, and [`narrow`]
//! reads them as conditions; one condition is one value for both engines. `[INT-4]`

use super::{
    Instant, Key, Mark,
    order::{Sorted, is_clause},
};
use chrono::NaiveDate;
use diesel::{
    Expression,
    expression::{AppearsOnTable, ValidGrouping, is_aggregate},
    pg::Pg,
    query_builder::{AstPass, QueryFragment, QueryId},
    result::QueryResult,
    sql_types::{BigInt, Bool, BoolOrNullableBool},
    sqlite::Sqlite,
};
use domain::spine::{Coded, Currency, Id, Money, Timestamp};
use rust_decimal::{Decimal, prelude::ToPrimitive};
use serde::{
    Deserialize, Deserializer, Serialize,
    de::{DeserializeOwned, Error, IntoDeserializer},
};
use utoipa::{
    PartialSchema,
    openapi::{ArrayBuilder, RefOr, Schema},
};

/// A part of a query that both engines take.
pub trait Condition: QueryFragment<Sqlite> + QueryFragment<Pg> + Send {}
impl<T: QueryFragment<Sqlite> + QueryFragment<Pg> + Send> Condition for T {}

/// Which rows are wanted: all conditions hold.
#[derive(Default)]
pub struct Where(Vec<Box<dyn Condition>>);

impl Where {
    /// Every row.
    pub fn new() -> Self {
        Self::default()
    }

    /// And this holds.
    pub fn also<E>(&mut self, condition: E)
    where
        E: Condition + Expression + 'static,
        E::SqlType: BoolOrNullableBool,
    {
        self.0.push(Box::new(condition));
    }

    /// And all of these hold too.
    pub fn also_all(&mut self, other: Self) {
        self.0.extend(other.0);
    }

    /// And one of these holds, if there are any.
    pub fn also_any(&mut self, forms: Vec<Self>) {
        if !forms.is_empty() {
            self.also(AnyOf(forms));
        }
    }

    /// And the row stands behind a mark of its order.
    pub fn behind(&mut self, order: &Sorted, mark: Option<&Mark>) {
        if let Some(behind) = mark.and_then(|mark| order.behind(mark)) {
            self.also(behind);
        }
    }

    /// And an amount lies within bounds that are each row's own: of a row in yen, so many yen.
    pub fn also_amount(
        &mut self,
        minor: &'static dyn Fragment,
        currency: &'static dyn Fragment,
        range: &Amounts<'_>,
    ) {
        let each = |bound: &Amount, is_least| Currency::ALL.map(|of| (of, bound.minor(of, is_least)));
        for (bound, is_least) in [(range.from, true), (range.to, false)] {
            let Some(bound) = bound else { continue };
            let each = range.currency.map_or_else(
                || Vec::from(each(bound, is_least)),
                |currency| vec![(currency, bound.minor(currency, is_least))],
            );
            let minors = each.iter().map(|(_, minor)| *minor);
            let widest = if is_least { minors.min() } else { minors.max() };
            self.also(Bounded { minor, currency, is_least, widest: widest.unwrap_or_default(), each });
        }
    }
}

/// That one of several forms holds.
struct AnyOf(Vec<Where>);

/// A column as a part of a condition.
pub trait Fragment: QueryFragment<Sqlite> + QueryFragment<Pg> + Sync {}
impl<T: QueryFragment<Sqlite> + QueryFragment<Pg> + Sync> Fragment for T {}

/// An amount against a bound that says the same of every currency. The widest of them is a range of an index.
struct Bounded {
    minor: &'static dyn Fragment,
    currency: &'static dyn Fragment,
    is_least: bool,
    widest: i64,
    each: Vec<(Currency, i64)>,
}

macro_rules! on {
    ($($engine:ty),*) => {$(
        impl QueryFragment<$engine> for Where {
            fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, $engine>) -> QueryResult<()> {
                if self.0.is_empty() {
                    out.push_sql("TRUE");
                }
                for (index, condition) in self.0.iter().enumerate() {
                    if index > 0 {
                        out.push_sql(" AND ");
                    }
                    QueryFragment::<$engine>::walk_ast(condition.as_ref(), out.reborrow())?;
                }
                Ok(())
            }
        }

        impl QueryFragment<$engine> for AnyOf {
            fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, $engine>) -> QueryResult<()> {
                for (index, form) in self.0.iter().enumerate() {
                    out.push_sql(if index > 0 { ") OR (" } else { "((" });
                    QueryFragment::<$engine>::walk_ast(form, out.reborrow())?;
                }
                out.push_sql("))");
                Ok(())
            }
        }

        impl QueryFragment<$engine> for Bounded {
            fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, $engine>) -> QueryResult<()> {
                let how = if self.is_least { " >= " } else { " <= " };
                QueryFragment::<$engine>::walk_ast(self.minor, out.reborrow())?;
                out.push_sql(how);
                out.push_bind_param::<BigInt, _>(&self.widest)?;
                // In most currencies an amount has two places: only the others are told apart.
                if self.each.iter().any(|(_, minor)| *minor != self.widest) {
                    out.push_sql(" AND ");
                    QueryFragment::<$engine>::walk_ast(self.minor, out.reborrow())?;
                    out.push_sql(how);
                    out.push_sql("CASE ");
                    QueryFragment::<$engine>::walk_ast(self.currency, out.reborrow())?;
                    for (currency, minor) in &self.each {
                        out.push_sql(" WHEN '");
                        out.push_sql(currency.code());
                        out.push_sql("' THEN ");
                        out.push_bind_param::<BigInt, _>(minor)?;
                    }
                    out.push_sql(" END");
                }
                Ok(())
            }
        }
    )*};
}
on!(Sqlite, Pg);
is_clause!(Where, AnyOf, Bounded);

/// What a list can be narrowed by, beyond what each parameter says by itself.
pub trait Filter: DeserializeOwned + Clone + Send + Sync + 'static {
    /// The ranges of amounts: their bounds must be exact in the currency they name.
    fn amounts(&self) -> Vec<Amounts<'_>> {
        Vec::new()
    }
}

/// The bounds of an amount in parameters: `total[gte]`, `total[lte]`, `total_currency`.
#[derive(Clone, Copy, Debug)]
pub struct Amounts<'a> {
    /// What the parameters begin with.
    pub name: &'static str,
    /// At least so much.
    pub from: Option<&'a Amount>,
    /// At most so much.
    pub to: Option<&'a Amount>,
    /// Only of this currency.
    pub currency: Option<Currency>,
}

impl Amounts<'_> {
    /// The parameters that are not exact in the currency that is named.
    pub fn inexact(&self) -> impl Iterator<Item = (String, Currency)> {
        let bounds = [("gte", self.from), ("lte", self.to)];
        let wrong = self.currency.into_iter().flat_map(move |currency| {
            let inexact = move |bound: &Amount| Money::parse(&bound.text, currency).is_err();
            let wrong = bounds.into_iter().filter(move |(_, bound)| bound.is_some_and(inexact));
            wrong.map(move |(how, _)| (how, currency))
        });
        wrong.map(|(how, currency)| (format!("{}[{how}]", self.name), currency))
    }
}

/// An amount of any currency: how exact it may be, its currency says.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Amount {
    text: String,
    value: Decimal,
}

impl Amount {
    /// In minor units of a currency: as a least amount rounded up, as a most amount rounded down.
    fn minor(&self, currency: Currency, is_least: bool) -> i64 {
        let scaled = self.value * Decimal::from(10_i64.pow(currency.digits()));
        let whole = if is_least { scaled.ceil() } else { scaled.floor() };
        whole.to_i64().unwrap_or(if whole.is_sign_negative() { i64::MIN } else { i64::MAX })
    }
}

impl<'de> Deserialize<'de> for Amount {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = String::deserialize(from)?;
        let read = Currency::ALL.into_iter().find_map(|currency| Money::parse(&text, currency).ok());
        let value = read.ok_or_else(|| D::Error::custom("no amount"))?.decimal();
        Ok(Self { text, value })
    }
}

/// No parameter lists more values than this: more than any enum has.
const SEVERAL_MAX: usize = 50;

/// The values that a parameter lists by their codes, separated by commas; none where it is absent.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Several<E>(pub Vec<E>);

impl<E> Default for Several<E> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<E: Coded> Several<E> {
    /// Their codes.
    pub fn codes(&self) -> Vec<&'static str> {
        self.0.iter().map(|value| value.code()).collect()
    }
}

impl<'de, E: DeserializeOwned> Deserialize<'de> for Several<E> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let list = String::deserialize(from)?;
        let value = |code: &str| E::deserialize(code.into_deserializer());
        if list.split(',').count() > SEVERAL_MAX {
            return Err(D::Error::custom("too many values"));
        }
        list.split(',').map(value).collect::<Result<_, _>>().map(Self)
    }
}

// What the derive asks of a generic type; its schema follows.
impl<E: PartialSchema> utoipa::__dev::ComposeSchema for Several<E> {
    fn compose(_: Vec<RefOr<Schema>>) -> RefOr<Schema> {
        ArrayBuilder::new().items(E::schema()).min_items(Some(1)).max_items(Some(SEVERAL_MAX)).into()
    }
}

/// A value of the domain as one side of a comparison with a column.
pub trait Operand {
    /// How it stands in a column.
    type Column;
    /// The value as it stands there.
    fn operand(&self) -> Self::Column;
}
impl<T: ?Sized> Operand for Id<T> {
    type Column = Key;
    fn operand(&self) -> Key {
        Key(self.uuid())
    }
}
impl Operand for Timestamp {
    type Column = Instant;
    fn operand(&self) -> Instant {
        Instant(*self)
    }
}
macro_rules! stand_as_they_are {
    ($($type:ty),*) => {$(
        impl Operand for $type {
            type Column = Self;
            fn operand(&self) -> Self {
                self.clone()
            }
        }
    )*};
}
stand_as_they_are!(String, i32, i64, bool, NaiveDate);

/// Adds the members of a filter that are set to what is wanted; each reads as SQL: `column op member`. `in` takes a list
/// of codes, `(minor, currency) within` a range of amounts. What is more than a comparison stays written out beside it.
///
/// ```ignore
/// narrow!(wanted, budgets, filter; status in status, department_id = department_id, changed_at < changed_before,
///     (total_minor, currency) within totals);
/// ```
#[macro_export]
macro_rules! narrow {
    ($wanted:ident, $table:ident, $filter:expr; $($column:tt $op:tt $member:ident),* $(,)?) => {
        $($crate::narrow!(@one $wanted, $table, $filter, $column $op $member);)*
    };
    // One value is an equality: then the index gives the rows in their order.
    (@one $wanted:ident, $table:ident, $filter:expr, $column:ident in $member:ident) => {
        match $filter.$member.codes().as_slice() {
            [] => {}
            [one] => $wanted.also($table::$column.eq(*one)),
            several => $wanted.also($table::$column.eq_any(several.to_vec())),
        }
    };
    (@one $wanted:ident, $table:ident, $filter:expr, ($minor:ident, $currency:ident) within $member:ident) => {
        let range = $filter.$member();
        if let Some(currency) = range.currency {
            $wanted.also($table::$currency.eq(currency.code()));
        }
        $wanted.also_amount(&$table::$minor, &$table::$currency, &range);
    };
    (@one $wanted:ident, $table:ident, $filter:expr, $column:ident = $member:ident) => {
        $crate::narrow!(@if $wanted, $table, $filter, $column eq $member)
    };
    (@one $wanted:ident, $table:ident, $filter:expr, $column:ident >= $member:ident) => {
        $crate::narrow!(@if $wanted, $table, $filter, $column ge $member)
    };
    (@one $wanted:ident, $table:ident, $filter:expr, $column:ident <= $member:ident) => {
        $crate::narrow!(@if $wanted, $table, $filter, $column le $member)
    };
    (@one $wanted:ident, $table:ident, $filter:expr, $column:ident < $member:ident) => {
        $crate::narrow!(@if $wanted, $table, $filter, $column lt $member)
    };
    (@if $wanted:ident, $table:ident, $filter:expr, $column:ident $op:ident $member:ident) => {
        if let Some(value) = &$filter.$member {
            $wanted.also($table::$column.$op($crate::spine::Operand::operand(value)));
        }
    };
}
