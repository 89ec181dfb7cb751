//! The company's own settings for budgets: numbers, alerts, and what happens beyond and outside them. `[BUD-5]`

use super::budget_line::Control;
use crate::spine::{Finding, Findings, PolicyContent, codes, wording};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

/// The code under which the settings are kept.
pub const BUDGET_POLICY_CODE: &str = "budget-policy/standard";

/// The settings as shipped.
pub const SHIPPED_BUDGET_POLICY: &str = include_str!("shipped/budget_policy.json");

/// What happens to a document line that no budget line covers.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum OutsideBudget {
    /// It is refused.
    Refuse,
    /// It counts as beyond the budget and meets the special review.
    Special,
    /// It passes.
    Allow,
}

crate::labels! { OutsideBudget = "OutsideBudget":
    Refuse = "refuse", "拒绝", "Refuse";
    Special = "special", "特别审核", "Special review";
    Allow = "allow", "放行", "Allow";
}

/// Settings for budgets.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BudgetPolicy {
    /// What the numbers of budgets begin with.
    #[schema(min_length = 1, max_length = 6, pattern = "^[A-Z]{1,6}$", example = "BG")]
    pub budget_prefix: String,
    /// What the numbers of changes of budgets begin with.
    #[schema(min_length = 1, max_length = 6, pattern = "^[A-Z]{1,6}$", example = "BC")]
    pub change_prefix: String,
    /// The uses of a line, in per cent of what was allocated, that are told of when passed.
    #[schema(max_items = 10)]
    pub alerts_percent: Vec<u32>,
    /// The run-rate is told of where, at the rate so far, the year comes to more than so many per cent of its budget;
    /// null where it is not watched.
    #[serde(default = "the_whole")]
    #[schema(minimum = 50, maximum = 500)]
    pub run_rate_percent: Option<u32>,
    /// The control of a line that names none.
    pub default_control: Control,
    /// What happens to what no line covers, though the department, or one above it, has a budget for that month.
    pub outside_budget: OutsideBudget,
    /// What happens where neither the department nor one above it has a budget for that month, though the company keeps
    /// budgets for that fiscal year: before a budget is activated, after it is closed, in a department without one.
    /// Where the company keeps none for the year nothing is controlled.
    #[serde(default = "specially")]
    pub without_budget: OutsideBudget,
}

/// Settings written before there was a choice review what has no budget: beyond the budget the special review decides.
const fn specially() -> OutsideBudget {
    OutsideBudget::Special
}

/// Settings written before there was a choice tell of what leads beyond the year's budget.
#[expect(clippy::unnecessary_wraps, reason = "it is the default of an optional member")]
const fn the_whole() -> Option<u32> {
    Some(100)
}

impl PolicyContent for BudgetPolicy {
    const KIND: &'static str = "budget-policy";
    const EXAMPLE: &'static str = SHIPPED_BUDGET_POLICY;

    fn findings(&self) -> Vec<Finding> {
        let mut findings = Findings::new();
        for (field, prefix) in
            [("budget_prefix", &self.budget_prefix), ("change_prefix", &self.change_prefix)]
        {
            wording::check_prefix(&mut findings, &format!("/content/{field}"), prefix);
        }
        for (index, percent) in self.alerts_percent.iter().enumerate() {
            if !(1..=100).contains(percent) {
                let range = [("min", json!(1)), ("max", json!(100))];
                findings.add_with(format!("/content/alerts_percent/{index}"), codes::OUT_OF_RANGE, range);
            }
        }
        if self.alerts_percent.len() > 10 {
            let range = [("min", json!(0)), ("max", json!(10))];
            findings.add_with("/content/alerts_percent", codes::OUT_OF_RANGE, range);
        }
        if self.run_rate_percent.is_some_and(|percent| !(50..=500).contains(&percent)) {
            let range = [("min", json!(50)), ("max", json!(500))];
            findings.add_with("/content/run_rate_percent", codes::OUT_OF_RANGE, range);
        }
        findings.into_vec()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shipped_settings_are_sound() {
        let policy: BudgetPolicy = serde_json::from_str(SHIPPED_BUDGET_POLICY).expect("it reads");
        assert_eq!(policy.findings(), []);
        assert_eq!(policy.default_control, Control::Special, "the default of BUD-5");
    }
}
