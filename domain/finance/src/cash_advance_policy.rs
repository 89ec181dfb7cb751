//! The company's own settings for cash advances, as data. `[REG-4, EXP-14]`

use super::wording;
use crate::spine::{Finding, Findings, PolicyContent};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The code under which the settings are kept.
pub const CASH_ADVANCE_POLICY_CODE: &str = "cash-advance-policy/standard";

/// The settings as shipped.
pub const SHIPPED_CASH_ADVANCE_POLICY: &str = include_str!("shipped/cash_advance_policy.json");

/// Settings for cash advances.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CashAdvancePolicy {
    /// What document numbers begin with: `CA` gives `CA-2026-000123`.
    pub number_prefix: String,
    /// How many days after the business date an advance is to be settled at the latest.
    pub settle_within_days: u32,
    /// Whether somebody with an overdue advance may not ask for another.
    pub overdue_blocks: bool,
}

impl PolicyContent for CashAdvancePolicy {
    const KIND: &'static str = "cash-advance-policy";
    const EXAMPLE: &'static str = SHIPPED_CASH_ADVANCE_POLICY;

    fn findings(&self) -> Vec<Finding> {
        let mut findings = Findings::new();
        wording::check_prefix(&mut findings, "/content/number_prefix", &self.number_prefix);
        findings.within("/content/settle_within_days", self.settle_within_days, 1..=3_660);
        findings.into_vec()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shipped_settings_are_sound() {
        let policy: CashAdvancePolicy = serde_json::from_str(SHIPPED_CASH_ADVANCE_POLICY).expect("it reads");
        assert_eq!(policy.findings(), []);
        let unsound = CashAdvancePolicy { settle_within_days: 0, number_prefix: "c1".into(), ..policy };
        assert_eq!(unsound.findings().len(), 2);
    }
}
