//! The rules of commission as data: in what order, and with what shares. `[COM-10, REG-4]`

use super::{RULE_TWICE, RULES_INCOMPLETE};
use crate::spine::{Finding, Findings, Money, PolicyContent, codes};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::collections::BTreeSet;
use utoipa::ToSchema;

/// The code under which the company's rules are kept.
pub const COMMISSION_RULES_CODE: &str = "commission-rules/company";

/// Those rules as shipped. `[002 §5]`
pub const SHIPPED_COMMISSION_RULES: &str = include_str!("../shipped/commission_rules.json");

/// One of the rules a sale may be attributed by.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = CommissionRule)]
pub enum RuleCode {
    /// What a manager ruled. `[OWN-14]`
    Ruling,
    /// Knowingly worked another's customer: all back to the owner. `[COM-8]`
    Knowingly,
    /// Served badly, the customer demanded another. `[COM-5]`
    Successor,
    /// Leadership allotted a reserved unit. `[COM-6]`
    Allotment,
    /// Dealt deeply with another's customer without knowing. `[COM-2]`
    Unknowing,
    /// Protected by a phone call, or registered at two sites. `[COM-7]`
    Protection,
    /// Came only to sign. `[COM-4]`
    SignatureOnly,
    /// Helped by arrangement. `[COM-3]`
    Assistance,
    /// The owner has all. `[COM-1]`
    Plain,
}

crate::labels! { RuleCode = "CommissionRule":
    Ruling = "ruling", "按裁决", "As ruled";
    Knowingly = "knowingly", "知情抢单，全部归还", "Knowingly worked another's customer";
    Successor = "successor", "服务不到位，客户要求更换", "The customer demanded another";
    Allotment = "allotment", "领导特批让房", "Leadership allotted the unit";
    Unknowing = "unknowing", "不知情深度接触并成交", "Closed another's customer without knowing";
    Protection = "protection", "电话保护或两点登记", "Protected by phone, or registered at two sites";
    SignatureOnly = "signature_only", "已交大定，仅来签约", "Came only to sign";
    Assistance = "assistance", "按安排协助成交", "Helped by arrangement";
    Plain = "plain", "客户归属人全得", "The owner has all";
}

/// A rule, with the share it gives and the clause it enforces.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = CommissionListedRule)]
pub struct AttributionRule {
    /// Which.
    pub rule: RuleCode,
    /// What of the commission goes to the other than the primary party, in basis points; of helpers: to all together.
    #[serde(default)]
    pub other_bp: u32,
    /// The spec's code.
    pub cites: String,
    /// The clause of the regulation.
    #[serde(default)]
    pub clause: Option<String>,
}

/// What a misdeed costs.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = CommissionPenalty)]
pub struct Penalty {
    /// What.
    pub misdeed: super::fact::Misdeed,
    /// What of the commission of their own they keep, in basis points; none where it is not cut.
    #[serde(default)]
    pub keeps_bp: Option<u32>,
    /// Whether the sale then counts as nobody's.
    #[serde(default)]
    pub loses_credit: bool,
    /// The fine.
    #[serde(default, rename = "fine", alias = "fine_minor", with = "crate::spine::book_money")]
    #[schema(value_type = Money)]
    pub fine_minor: i64,
    /// The points of the appraisal, below zero.
    #[serde(default)]
    pub points: i32,
    /// The clause of the regulation.
    pub clause: String,
}

/// How the company attributes its sales.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CommissionRules {
    /// The rules in their order: the first that holds decides.
    pub rules: Vec<AttributionRule>,
    /// Dealing with a customer is deep from so many minutes of reception, or with a quotation.
    pub deep_minutes: u32,
    /// The points of a helper who came only for the signature.
    pub signature_points: i32,
    /// What misdeeds cost.
    pub penalties: Vec<Penalty>,
    /// Up to how much a ruling's contributions need nobody else. `[COM-9]`
    #[serde(rename = "contributions", alias = "contributions_minor", with = "crate::spine::book_money")]
    #[schema(value_type = Money)]
    pub contributions_minor: i64,
    /// The code of the role that rules where more is put in.
    #[serde(default = "general_manager")]
    pub contributions_role: String,
}

/// Who ruled where versions of the rules did not say it yet.
fn general_manager() -> String {
    "general-manager".to_owned()
}

impl CommissionRules {
    /// What a misdeed costs; none where the policy says nothing of it.
    pub fn penalty(&self, misdeed: super::fact::Misdeed) -> Option<&Penalty> {
        self.penalties.iter().find(|penalty| penalty.misdeed == misdeed)
    }
}

impl PolicyContent for CommissionRules {
    const KIND: &'static str = "commission-rules";
    const EXAMPLE: &'static str = SHIPPED_COMMISSION_RULES;

    fn findings(&self) -> Vec<Finding> {
        let mut findings = Findings::new();
        let mut seen = BTreeSet::new();
        let bp = || [("min", json!(0)), ("max", json!(10_000))];
        for (index, rule) in self.rules.iter().enumerate() {
            let pointer = format!("/content/rules/{index}");
            if !seen.insert(rule.rule) {
                findings.add_with(format!("{pointer}/rule"), RULE_TWICE, [("rule", json!(rule.rule.code()))]);
            }
            if rule.other_bp > 10_000 {
                findings.add_with(format!("{pointer}/other_bp"), codes::OUT_OF_RANGE, bp());
            }
        }
        if self.rules.last().is_none_or(|last| last.rule != RuleCode::Plain) {
            findings.add("/content/rules", RULES_INCOMPLETE);
        }
        for (index, penalty) in self.penalties.iter().enumerate() {
            if penalty.keeps_bp.is_some_and(|keeps| keeps > 10_000) {
                findings.add_with(format!("/content/penalties/{index}/keeps_bp"), codes::OUT_OF_RANGE, bp());
            }
        }
        if self.contributions_role.trim().is_empty() {
            findings.add("/content/contributions_role", codes::REQUIRED);
        }
        findings.into_vec()
    }
}
