//! The company's own settings for rewards and penalties, as data. `[INC-2a, REG-4]`

use super::{IncentiveAmount, IncidentKind};
use crate::spine::{Finding, Findings, Money, PolicyContent, codes, wording};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::collections::BTreeSet;
use utoipa::ToSchema;

/// The code under which the settings are kept.
pub const INCENTIVE_POLICY_CODE: &str = "incentive-policy/company";

/// The settings as shipped.
pub const SHIPPED_INCENTIVE_POLICY: &str = include_str!("shipped/incentive_policy.json");

/// How much may be taken from a person in a month at most; what is absent is not capped.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
#[schema(as = IncentiveMonthlyCaps)]
pub struct MonthlyCaps {
    /// Money, of the book currency.
    #[serde(
        rename = "money",
        alias = "money_minor",
        skip_serializing_if = "Option::is_none",
        with = "crate::spine::book_money::optional"
    )]
    #[schema(value_type = Option<Money>)]
    pub money_minor: Option<i64>,
    /// Points.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub points: Option<i64>,
    /// Half days of wages.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wage_half_days: Option<i64>,
}

/// Settings for rewards and penalties.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct IncentivePolicy {
    /// What the numbers of entries begin with.
    pub number_prefix: String,
    /// How many working days the person has to answer, 0 to 60.
    pub answer_working_days: u32,
    /// What gives rise to entries that only their approval confirms.
    pub approved_kinds: BTreeSet<IncidentKind>,
    /// How much may be taken from a person in a month.
    pub monthly_caps: MonthlyCaps,
}

impl IncentivePolicy {
    /// The cap that concerns an amount.
    pub const fn cap_of(&self, amount: &IncentiveAmount) -> Option<i64> {
        match amount {
            IncentiveAmount::Money { .. } => self.monthly_caps.money_minor,
            IncentiveAmount::Points { .. } => self.monthly_caps.points,
            IncentiveAmount::WageDays { .. } => self.monthly_caps.wage_half_days,
            IncentiveAmount::Honour { .. } => None,
        }
    }
}

impl PolicyContent for IncentivePolicy {
    const KIND: &'static str = "incentive-policy";
    const EXAMPLE: &'static str = SHIPPED_INCENTIVE_POLICY;

    fn findings(&self) -> Vec<Finding> {
        let mut findings = Findings::new();
        wording::check_prefix(&mut findings, "/content/number_prefix", &self.number_prefix);
        if self.answer_working_days > 60 {
            let range = [("min", json!(0)), ("max", json!(60))];
            findings.add_with("/content/answer_working_days", codes::OUT_OF_RANGE, range);
        }
        let MonthlyCaps { money_minor, points, wage_half_days } = self.monthly_caps;
        for (field, cap) in [("money", money_minor), ("points", points), ("wage_half_days", wage_half_days)] {
            if cap.is_some_and(|cap| cap < 0) {
                let range = [("min", json!(0)), ("max", json!(i64::MAX))];
                findings.add_with(format!("/content/monthly_caps/{field}"), codes::OUT_OF_RANGE, range);
            }
        }
        findings.into_vec()
    }
}
