//! How other records refer to people and units, and what several queries of this context share.

use crate::spine::{AsItIs, Cell, Failure, Key, ToCell, is_taken};
use diesel::result::Error as DieselError;
use domain::spine::{AnyId, EmployeeId, Finding, Refusal, codes};
use serde::Serialize;
use serde_json::Map;
use utoipa::ToSchema;

/// A department, position or role by its names.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, ToSchema)]
pub struct NamedRef {
    /// Its identity.
    pub id: AnyId,
    /// Its code.
    #[schema(max_length = 40, example = "sales")]
    pub code: String,
    /// Its Chinese name.
    #[schema(max_length = 60, example = "销售部")]
    pub name_zh: String,
    /// Its English name.
    #[schema(max_length = 60, example = "Sales department")]
    pub name_en: String,
}

/// A person by number and name.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, ToSchema)]
pub struct PersonRef {
    /// Their identity.
    pub id: EmployeeId,
    /// Their personnel number.
    #[schema(max_length = 40, example = "E0012")]
    pub number: String,
    /// Their name.
    #[schema(max_length = 60, example = "李娜")]
    pub name: String,
}

/// The columns of a unit that is referred to.
pub type NamedColumns = (Key, String, String, String);
/// The columns of a person who is referred to.
pub type PersonColumns = (Key, String, String);

impl From<NamedColumns> for NamedRef {
    fn from((id, code, name_zh, name_en): NamedColumns) -> Self {
        Self { id: id.into(), code, name_zh, name_en }
    }
}

impl From<PersonColumns> for PersonRef {
    fn from((id, number, name): PersonColumns) -> Self {
        Self { id: id.into(), number, name }
    }
}

/// The condition that a placement is the one that holds on a day: before joining the first, else the one
/// begun last. Exactly one row of an employee meets it.
macro_rules! holds_on {
    ($day:expr) => {
        $crate::schema::employee_placements::from_on
            .le($day)
            .or($crate::schema::employee_placements::is_first)
            .and(
                $crate::schema::employee_placements::until_on
                    .is_null()
                    .or($crate::schema::employee_placements::until_on.gt($day)),
            )
    };
}
pub(crate) use holds_on;

/// Turns a key that is taken into a refusal that names the field.
#[track_caller]
pub fn unless_taken<T>(result: Result<T, DieselError>, pointer: &str, value: &str) -> Result<T, Failure> {
    match result {
        Err(error) if is_taken(&error) => {
            Err(Refusal::new(codes::NOT_UNIQUE).with("value", value).at(pointer).into())
        }
        other => Ok(other?),
    }
}

/// Turns what is missing, or out of the caller's sight, into a refusal that names the field which referred to
/// it.
pub fn referred<T>(result: Result<T, Failure>, pointer: &str) -> Result<T, Failure> {
    match result {
        Err(Failure::NotFound) => {
            let finding =
                Finding { pointer: pointer.to_owned(), code: codes::UNKNOWN_REFERENCE, params: Map::new() };
            let mut refusal = Refusal::new(codes::UNKNOWN_REFERENCE);
            refusal.findings.push(finding);
            Err(refusal.into())
        }
        other => other,
    }
}

impl ToCell<AsItIs> for NamedRef {
    /// The name, in the reader's language.
    fn cell(&self) -> Cell<'_> {
        (self.name_zh.as_str(), self.name_en.as_str()).into()
    }
}
impl ToCell<AsItIs> for PersonRef {
    fn cell(&self) -> Cell<'_> {
        (&self.name).into()
    }
}

/// Adds to what is wanted that the text sought by a filter's `q` stands in a column, or in the name of one of these people,
/// however it is written or read: `search!(wanted, filter, claims::search_text; claims::submitter_id)`.
#[macro_export]
macro_rules! search {
    ($wanted:ident, $filter:expr, $text:expr $(; $($person:expr),+)?) => {
        if let Some(text) = &$filter.q {
            let pattern = $crate::organisation::like(text);
            let stands = $text.like(pattern.clone()).escape('\\');
            $(
                let named = || {
                    $crate::organisation::people::table
                        .filter($crate::organisation::people::search_text.like(pattern.clone()).escape('\\'))
                        .select($crate::organisation::people::id.nullable())
                };
                let stands = stands$(.or($person.nullable().eq_any(named())))+;
            )?
            $wanted.also(stands);
        }
    };
    // By nothing but the name of a person.
    ($wanted:ident, $filter:expr; $person:expr) => {
        if let Some(text) = &$filter.q {
            let named = $crate::organisation::people::search_text
                .like($crate::organisation::like(text))
                .escape('\\');
            let named = $crate::organisation::people::table
                .filter(named)
                .select($crate::organisation::people::id.nullable());
            $wanted.also($person.nullable().eq_any(named));
        }
    };
}

diesel::define_sql_function! {
    /// Lower case: one engine's LIKE tells cases apart, the other's does not.
    fn lower(text: diesel::sql_types::Text) -> diesel::sql_types::Text;
}

diesel::define_sql_function! {
    /// Lower case of what may be absent.
    #[sql_name = "lower"]
    fn lower_if_any(
        text: diesel::sql_types::Nullable<diesel::sql_types::Text>,
    ) -> diesel::sql_types::Nullable<diesel::sql_types::Text>;
}

/// The pattern that finds a text anywhere in lower case, whatever wildcards it holds; the escape character
/// is `\`.
pub fn like(text: &str) -> String {
    format!("%{}%", literally(&text.to_lowercase()))
}

/// A text as part of a pattern that finds exactly it, whatever wildcards it holds.
pub fn literally(text: &str) -> String {
    let mut pattern = String::with_capacity(text.len());
    for c in text.chars() {
        if matches!(c, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(c);
    }
    pattern
}
