//! What a row of a list shows in a file, said beside the view. `[INT-4]`

use super::View;
use chrono::NaiveDate;
use domain::spine::{Id, Language, Money, Permission, Timestamp};
use rust_decimal::Decimal;
use std::borrow::Cow;

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
    Labelled(&'static str, &'static str),
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
/// The labels of an enum: Chinese, English.
impl From<(&'static str, &'static str)> for Cell<'_> {
    fn from((zh, en): (&'static str, &'static str)) -> Self {
        Self::Labelled(zh, en)
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
