//! What a kind of document lets its chain route by, and whether a chain's conditions can hold of it. `[APR-10]`

use super::{CHAIN_UNKNOWN_FIELD, CHAIN_UNKNOWN_VALUE, ChainPolicy, Condition, plan::named_fields};
use crate::spine::{DepartmentId, Finding, Findings};
use serde_json::{Value, json};

/// A field that the conditions of a chain may look at, beside the amount.
#[derive(Clone, Copy, Debug)]
pub struct RoutedField {
    /// Its name.
    pub name: &'static str,
    /// What it may hold.
    pub holds: Holds,
}

/// What a field may hold, or each member of one that lists several.
#[derive(Clone, Copy, Debug)]
pub enum Holds {
    /// Whether something is so.
    Flag,
    /// A whole number.
    Number,
    /// A text, of which this says whether it can be. The field may be absent.
    Text(fn(&str) -> bool),
    /// The code of a category.
    Category,
    /// The id of a department.
    Department,
}

impl RoutedField {
    /// A field of this name.
    pub const fn new(name: &'static str, holds: Holds) -> Self {
        Self { name, holds }
    }
}

/// Conditions that can hold of no document: those that look at a field such documents do not have, or wait for what
/// it is never. A special review behind one of them would silently never be asked for.
pub fn check_conditions(
    chain: &ChainPolicy,
    fields: &[RoutedField],
    knows_category: &dyn Fn(&str) -> bool,
) -> Vec<Finding> {
    let mut check = Check { fields, knows_category, found: Findings::new() };
    for (index, step) in chain.steps.iter().enumerate() {
        for (at, condition) in step.when.iter().enumerate() {
            check.condition(&format!("/content/steps/{index}/when/{at}"), &step.code, condition);
        }
    }
    for field in named_fields(chain) {
        if !fields.iter().any(|known| known.name == field && matches!(known.holds, Holds::Department)) {
            check.unknown_field("/content/steps", "-", field);
        }
    }
    check.found.into_vec()
}

struct Check<'a> {
    fields: &'a [RoutedField],
    knows_category: &'a dyn Fn(&str) -> bool,
    found: Findings,
}

impl Check<'_> {
    fn condition(&mut self, at: &str, step: &str, condition: &Condition) {
        match condition {
            Condition::Amount { .. } => {}
            Condition::Category { any_of } => self.texts(at, step, "category", any_of),
            Condition::Region { any_of } => self.texts(at, step, "region", any_of),
            Condition::OverBudget { .. } => self.values(at, step, "over_budget", &[]),
            Condition::Urgent { .. } => self.values(at, step, "urgent", &[]),
            Condition::Field { field, any_of } => self.values(at, step, field, any_of),
            Condition::Any { of } | Condition::All { of } => {
                for (index, one) in of.iter().enumerate() {
                    self.condition(&format!("{at}/of/{index}"), step, one);
                }
            }
        }
    }

    fn texts(&mut self, at: &str, step: &str, field: &str, any_of: &[String]) {
        let values: Vec<Value> = any_of.iter().map(|one| json!(one)).collect();
        self.values(at, step, field, &values);
    }

    fn values(&mut self, at: &str, step: &str, field: &str, any_of: &[Value]) {
        let Some(known) = self.fields.iter().find(|known| known.name == field) else {
            self.unknown_field(at, step, field);
            return;
        };
        for (index, value) in any_of.iter().enumerate() {
            if !self.can_be(known.holds, value) {
                let params = [("step", json!(step)), ("field", json!(field)), ("value", json!(said(value)))];
                self.found.add_with(format!("{at}/any_of/{index}"), CHAIN_UNKNOWN_VALUE, params);
            }
        }
    }

    fn unknown_field(&mut self, at: &str, step: &str, field: &str) {
        self.found.add_with(at, CHAIN_UNKNOWN_FIELD, [("step", json!(step)), ("field", json!(field))]);
    }

    fn can_be(&self, holds: Holds, value: &Value) -> bool {
        match (holds, value) {
            (Holds::Flag, Value::Bool(_)) | (Holds::Text(_), Value::Null) => true,
            (Holds::Number, Value::Number(number)) => number.is_i64(),
            (Holds::Text(can_be), Value::String(text)) => can_be(text),
            (Holds::Category, Value::String(code)) => (self.knows_category)(code),
            (Holds::Department, Value::String(id)) => id.parse::<DepartmentId>().is_ok(),
            _ => false,
        }
    }
}

fn said(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
