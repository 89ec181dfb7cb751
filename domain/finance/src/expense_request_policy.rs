//! The company's own settings for expense requests, as data. `[REG-4, EXP-2, EXP-7]`

use super::{expense_category::ExpenseCategories, wording};
use crate::spine::{Finding, Findings, Money, PolicyContent, codes};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

/// The code under which the settings are kept.
pub const EXPENSE_REQUEST_POLICY_CODE: &str = "expense-request-policy/standard";

/// The settings as shipped.
pub const SHIPPED_EXPENSE_REQUEST_POLICY: &str = include_str!("shipped/expense_request_policy.json");

/// Settings for expense requests.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ExpenseRequestPolicy {
    /// What the numbers of requests begin with.
    pub number_prefix: String,
    /// What the numbers of amendments begin with.
    pub amendment_prefix: String,
    /// How many days before submitting the business date may lie.
    pub max_age_days: u32,
    /// How many days ahead the business date may lie.
    pub max_ahead_days: u32,
    /// 采购: beyond this amount of a category, in the book currency, quotes or a tender are needed. `[EXP-7]`
    pub procurement_limit: Money,
    /// How many suppliers must have quoted.
    pub quotes_required: u32,
    /// The categories that are procurement; a heading stands for everything below it.
    pub procurement_categories: Vec<String>,
}

impl ExpenseRequestPolicy {
    /// Whether a category is procurement, itself or by a heading above it.
    pub fn is_procurement(&self, category: &str, categories: &ExpenseCategories) -> bool {
        categories.path(category).iter().any(|code| self.procurement_categories.contains(code))
    }
}

impl PolicyContent for ExpenseRequestPolicy {
    const KIND: &'static str = "expense-request-policy";
    const EXAMPLE: &'static str = SHIPPED_EXPENSE_REQUEST_POLICY;

    fn findings(&self) -> Vec<Finding> {
        let mut findings = Findings::new();
        for (field, prefix) in
            [("number_prefix", &self.number_prefix), ("amendment_prefix", &self.amendment_prefix)]
        {
            wording::check_prefix(&mut findings, &format!("/content/{field}"), prefix);
        }
        for (field, days) in [("max_age_days", self.max_age_days), ("max_ahead_days", self.max_ahead_days)] {
            if days > 3_660 {
                let range = [("min", json!(0)), ("max", json!(3_660))];
                findings.add_with(format!("/content/{field}"), codes::OUT_OF_RANGE, range);
            }
        }
        if self.procurement_limit.minor() < 0 {
            findings.add("/content/procurement_limit", codes::AMOUNT_NOT_POSITIVE);
        }
        findings.within("/content/quotes_required", self.quotes_required, 1..=20);
        for (index, category) in self.procurement_categories.iter().enumerate() {
            let pointer = format!("/content/procurement_categories/{index}");
            wording::check(&mut findings, &pointer, category, 60);
        }
        findings.into_vec()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finance::expense_category::SHIPPED_EXPENSE_CATEGORIES;

    fn shipped() -> ExpenseRequestPolicy {
        serde_json::from_str(SHIPPED_EXPENSE_REQUEST_POLICY).expect("it reads")
    }

    #[test]
    fn the_shipped_settings_are_sound_and_name_categories_that_are_shipped() {
        let categories: ExpenseCategories =
            serde_json::from_str(SHIPPED_EXPENSE_CATEGORIES).expect("it reads");
        let policy = shipped();
        assert_eq!(policy.findings(), []);
        assert!(policy.procurement_categories.iter().all(|code| categories.find(code).is_some()));
        assert!(policy.is_procurement("promotion.advertising", &categories));
        assert!(!policy.is_procurement("entertainment.travel", &categories));
    }

    #[test]
    fn unsound_settings_are_told_everything_at_once() {
        let mut policy = shipped();
        policy.number_prefix = "er".into();
        policy.max_ahead_days = 9_999;
        policy.quotes_required = 0;
        policy.procurement_categories.push(" ".into());
        assert_eq!(policy.findings().len(), 4);
    }
}
