//! What a row of a list shows in a file, said beside the view. `[INT-4]`

use super::{Failure, Reader, View};
use chrono::NaiveDate;
use domain::spine::{Coded, Id, Language, Money, Permission, Timestamp};
use rust_decimal::Decimal;
use std::{borrow::Cow, marker::PhantomData};

/// A name for programs with its texts for people.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Label {
    /// For programs: plain, in `snake_case` or `kebab-case`.
    pub name: &'static str,
    /// The Chinese text.
    pub zh: &'static str,
    /// The English text.
    pub en: &'static str,
}

impl Label {
    /// The text in a language.
    pub const fn text(&self, language: Language) -> &'static str {
        match language {
            Language::Chinese => self.zh,
            Language::English => self.en,
        }
    }
}

/// A view whose lists can be had as files. NDJSON shows the view itself; CSV and XLSX its columns.
pub trait Exported: View + Sync {
    /// What the file is called, without date and ending.
    const FILE: Label;
    /// The columns, in order.
    const COLUMNS: &'static [Column<Self>];
    /// What is demanded for a file beyond what the list demands. The file holds only what lies within the
    /// reach of both.
    const PERMISSION: Option<Permission> = None;
}

/// What a file must pass beside the permission that its list demands: registered by the noun that says so.
pub struct ExportGate {
    /// Of lists that demand this permission.
    pub permission: Permission,
    /// Lets a list of so many rows leave, or refuses.
    pub allow: fn(&mut Reader<'_>, &'static str, i64) -> Result<(), Failure>,
}

/// One column of a file.
pub struct Column<T: ?Sized> {
    /// What stands above it.
    pub label: Label,
    /// What stands in it.
    pub cell: for<'a> fn(&'a T) -> Cell<'a>,
}

impl<T: ?Sized> Column<T> {
    /// A column with a name for programs, a Chinese and an English heading, and what stands in it.
    pub const fn new(
        name: &'static str,
        zh: &'static str,
        en: &'static str,
        cell: for<'a> fn(&'a T) -> Cell<'a>,
    ) -> Self {
        Self { label: Label { name, zh, en }, cell }
    }
}

/// What stands in one cell.
#[derive(Clone, PartialEq, Debug)]
pub enum Cell<'a> {
    /// Nothing.
    Empty,
    /// Text; never taken for a formula or a number.
    Text(Cow<'a, str>),
    /// A text that depends on the language: Chinese, English.
    Labelled(Cow<'a, str>, Cow<'a, str>),
    /// A whole number.
    Integer(i64),
    /// An exact decimal number.
    Decimal(Decimal),
    /// An instant: shown in the company's zone, to the second.
    Instant(Timestamp),
    /// A day.
    Day(NaiveDate),
    /// Yes or no.
    Flag(bool),
}

impl<'a> From<&'a str> for Cell<'a> {
    fn from(text: &'a str) -> Self {
        Self::Text(text.into())
    }
}
impl<'a> From<&'a String> for Cell<'a> {
    fn from(text: &'a String) -> Self {
        Self::Text(text.as_str().into())
    }
}
impl From<String> for Cell<'_> {
    fn from(text: String) -> Self {
        Self::Text(text.into())
    }
}
/// A text in both languages: Chinese, English. Where there is no English one, everybody reads the Chinese.
impl<'a> From<(&'a str, &'a str)> for Cell<'a> {
    fn from((zh, en): (&'a str, &'a str)) -> Self {
        Self::Labelled(zh.into(), if en.is_empty() { zh } else { en }.into())
    }
}
impl From<i64> for Cell<'_> {
    fn from(number: i64) -> Self {
        Self::Integer(number)
    }
}
impl From<i32> for Cell<'_> {
    fn from(number: i32) -> Self {
        Self::Integer(number.into())
    }
}
impl From<u32> for Cell<'_> {
    fn from(number: u32) -> Self {
        Self::Integer(number.into())
    }
}
impl From<Decimal> for Cell<'_> {
    fn from(number: Decimal) -> Self {
        Self::Decimal(number)
    }
}
/// The amount; its currency is a column of its own.
impl From<Money> for Cell<'_> {
    fn from(money: Money) -> Self {
        Self::Decimal(money.decimal())
    }
}
impl From<Timestamp> for Cell<'_> {
    fn from(at: Timestamp) -> Self {
        Self::Instant(at)
    }
}
impl From<NaiveDate> for Cell<'_> {
    fn from(day: NaiveDate) -> Self {
        Self::Day(day)
    }
}
impl From<bool> for Cell<'_> {
    fn from(flag: bool) -> Self {
        Self::Flag(flag)
    }
}
impl<T: ?Sized> From<Id<T>> for Cell<'_> {
    fn from(id: Id<T>) -> Self {
        Self::Text(id.to_string().into())
    }
}
impl<'a, T: Into<Cell<'a>>> From<Option<T>> for Cell<'a> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Empty, Into::into)
    }
}

/// A member of a view as a cell. `How` tells apart what would otherwise be the same: an enum shows its labels, what may be
/// absent shows what it has; nobody names it.
pub trait ToCell<How> {
    /// As a cell.
    fn cell(&self) -> Cell<'_>;
}

/// By its labels, in the reader's language: files and `GET /api/v1/meta/enums` say the same.
pub struct ByLabels;
impl<E: Coded> ToCell<ByLabels> for E {
    fn cell(&self) -> Cell<'_> {
        self.labels().into()
    }
}

/// If there is anything.
pub struct IfThere<How>(PhantomData<How>);
impl<How, T: ToCell<How>> ToCell<IfThere<How>> for Option<T> {
    fn cell(&self) -> Cell<'_> {
        self.as_ref().map_or(Cell::Empty, ToCell::cell)
    }
}

/// As it is.
pub struct AsItIs;
impl ToCell<AsItIs> for String {
    fn cell(&self) -> Cell<'_> {
        self.into()
    }
}
impl<T: ?Sized> ToCell<AsItIs> for Id<T> {
    fn cell(&self) -> Cell<'_> {
        (*self).into()
    }
}
macro_rules! stand_as_they_are {
    ($($type:ty),*) => {$(
        impl ToCell<AsItIs> for $type {
            fn cell(&self) -> Cell<'_> {
                (*self).into()
            }
        }
    )*};
}
stand_as_they_are!(i64, i32, u32, bool, Decimal, Money, Timestamp, NaiveDate);

/// Says the columns of a view's files, one line each: the member, and what stands above it in Chinese and English. What
/// is no member is computed of the row. Before them the name of the file, and the permission that files demand beyond
/// that of the list.
///
/// ```ignore
/// columns! { CashAdvanceSummary as "cash-advances" "借款单" "Cash advances", domain::spine::Permission::ExportCashAdvances:
///     number "单号" "Number";
///     currency "币种" "Currency" = |row| row.amount.currency().code();
/// }
/// ```
#[macro_export]
macro_rules! columns {
    ($view:ty as $name:literal $zh:literal $en:literal $(, $permission:path)?:
        $($column:ident $above_zh:literal $above_en:literal $(= |$row:ident| $value:expr)?;)*) => {
        impl $crate::spine::Exported for $view {
            const FILE: $crate::spine::Label = $crate::spine::Label { name: $name, zh: $zh, en: $en };
            $(const PERMISSION: Option<::domain::spine::Permission> = Some($permission);)?
            const COLUMNS: &'static [$crate::spine::Column<Self>] = &[$(
                $crate::spine::Column::new(
                    stringify!($column),
                    $above_zh,
                    $above_en,
                    $crate::columns!(@cell $column $(|$row| $value)?),
                ),
            )*];
        }
    };
    (@cell $column:ident) => { |row| $crate::spine::ToCell::cell(&row.$column) };
    (@cell $column:ident |$row:ident| $value:expr) => { |$row| ($value).into() };
}
