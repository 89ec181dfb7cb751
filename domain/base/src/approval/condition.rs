//! When a step applies: amount, category, budget, urgency, region, or any field of the document. `[APR-1]`

use super::Subject;
use crate::spine::Money;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

/// A value that a field of a document may have, as the document of the interface describes it.
#[derive(Deserialize, ToSchema)]
#[serde(untagged)]
#[schema(as = DocumentFieldValue)]
pub enum FieldValue {
    /// A text: a code, an id, a date.
    Text(String),
    /// A number.
    Number(f64),
    /// A yes or no.
    Flag(bool),
}

/// A condition on the subject. A field of the document that is a list satisfies a condition if one of its
/// members does; an absent field satisfies none.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(tag = "on", rename_all = "snake_case", deny_unknown_fields)]
pub enum Condition {
    /// The amount lies in a half-open band: `from` ≤ amount < `to`, in the book currency.
    Amount {
        /// The least amount; absent: 0.
        #[serde(default, with = "crate::spine::book_money::optional")]
        #[schema(value_type = Option<Money>)]
        from: Option<i64>,
        /// The first amount beyond; absent: no end.
        #[serde(default, with = "crate::spine::book_money::optional")]
        #[schema(value_type = Option<Money>)]
        to: Option<i64>,
    },
    /// The field `category` is one of these codes.
    Category {
        /// 1 to 100 codes.
        #[schema(min_items = 1, max_items = 100)]
        any_of: Vec<String>,
    },
    /// Whether the document goes beyond its budget (field `over_budget`).
    OverBudget {
        /// Beyond, or within.
        is: bool,
    },
    /// Whether the document is urgent (field `urgent`).
    Urgent {
        /// Urgent, or not.
        is: bool,
    },
    /// The field `region` is one of these.
    Region {
        /// 1 to 100 regions.
        #[schema(min_items = 1, max_items = 100)]
        any_of: Vec<String>,
    },
    /// Any field of the document is one of these values.
    Field {
        /// The field's name.
        #[schema(min_length = 1, max_length = 60)]
        field: String,
        /// 1 to 100 values.
        #[schema(min_items = 1, max_items = 100, value_type = Vec<FieldValue>)]
        any_of: Vec<Value>,
    },
    /// At least one of these holds.
    Any {
        /// 1 to 20 conditions.
        #[schema(no_recursion, min_items = 1, max_items = 20)]
        of: Vec<Condition>,
    },
    /// All of these hold.
    All {
        /// 1 to 20 conditions.
        #[schema(no_recursion, min_items = 1, max_items = 20)]
        of: Vec<Condition>,
    },
}

crate::labels! { tagged Condition = "Condition":
    Amount = "amount", "金额", "Amount";
    Category = "category", "费用类别", "Category";
    OverBudget = "over_budget", "是否超预算", "Beyond the budget";
    Urgent = "urgent", "是否紧急", "Urgent";
    Region = "region", "区域", "Region";
    Field = "field", "单据字段", "Field of the document";
    Any = "any", "任一条件成立", "Any of them";
    All = "all", "全部条件成立", "All of them";
}

impl Condition {
    /// Whether the condition holds for a subject as if its amount were this many minor units.
    pub(super) fn holds(&self, subject: &Subject, amount: i64) -> bool {
        match self {
            Self::Amount { from, to } => {
                from.is_none_or(|from| from <= amount) && to.is_none_or(|to| amount < to)
            }
            Self::Category { any_of } => among(subject.fields.get("category"), any_of),
            Self::Region { any_of } => among(subject.fields.get("region"), any_of),
            Self::OverBudget { is } => flag(subject, "over_budget") == *is,
            Self::Urgent { is } => flag(subject, "urgent") == *is,
            Self::Field { field, any_of } => match subject.fields.get(field) {
                Some(Value::Array(members)) => members.iter().any(|member| any_of.contains(member)),
                Some(value) => any_of.contains(value),
                None => false,
            },
            Self::Any { of } => of.iter().any(|condition| condition.holds(subject, amount)),
            Self::All { of } => of.iter().all(|condition| condition.holds(subject, amount)),
        }
    }

    /// The document fields it looks at, beside the amount.
    pub(super) fn fields(&self, into: &mut Vec<String>) {
        let name = match self {
            Self::Amount { .. } => return,
            Self::Category { .. } => "category",
            Self::Region { .. } => "region",
            Self::OverBudget { .. } => "over_budget",
            Self::Urgent { .. } => "urgent",
            Self::Field { field, .. } => field,
            Self::Any { of } | Self::All { of } => {
                of.iter().for_each(|condition| condition.fields(into));
                return;
            }
        };
        into.push(name.to_owned());
    }
}

fn flag(subject: &Subject, name: &str) -> bool {
    subject.fields.get(name).and_then(Value::as_bool).unwrap_or(false)
}

fn among(value: Option<&Value>, any_of: &[String]) -> bool {
    let is_one = |value: &Value| value.as_str().is_some_and(|text| any_of.iter().any(|one| one == text));
    match value {
        Some(Value::Array(members)) => members.iter().any(is_one),
        Some(value) => is_one(value),
        None => false,
    }
}
