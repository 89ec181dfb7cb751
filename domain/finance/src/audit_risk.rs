//! Signs that an expense claim deserves a second look (风险信号). A sign accuses nobody: it says which rule of
//! which policy saw what, and an auditor decides. `[EXP-11]`
//!
//! Everything here is a function of facts: the claim, the claims around it, the calendar. How many facts are
//! looked at is decided by whoever loads them; thresholds and weights are the policy.

/// What the rules look at.
pub mod facts;
mod late_claim;
mod outsized_share;
/// Thresholds, windows and weights, as data.
pub mod policy;
mod repeated;
mod rest_day;
mod round_sum;
mod sequence;
mod split_purchase;
#[cfg(test)]
mod tests;

pub use facts::{ClaimFacts, LineFacts, PaperFacts, Share, Surroundings};
pub use policy::{AUDIT_RISK_CODE, AuditRisk, SHIPPED_AUDIT_RISK};

use crate::{
    organisation::working_calendar::WorkingCalendar,
    spine::{Explanation, PolicyVersion},
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::{collections::BTreeMap, sync::Arc};
use utoipa::ToSchema;

crate::refusals! { AUDIT_RISK_REFUSALS:
    WINDOW_TOO_WIDE = "audit_risk.window_too_wide", Invalid, "不得超过查找范围 {days} 天", "Must not exceed the {days} days that are looked around";
    TOO_FEW_TIMES = "audit_risk.too_few_times", Invalid, "至少两次才算重复", "Fewer than twice is no repetition";
    PERIOD_TOO_LARGE = "audit_risk.period_too_large", Invalid, "范围内超过 {max} 张报销单，请缩短期间或限定部门", "More than {max} claims lie within; narrow the period or the department";
    PERIOD_BACKWARDS = "audit_risk.period_backwards", Invalid, "期间须自先至后，且不超过 {days} 天", "The period must run forwards and be at most {days} days long";
}

/// What this noun brings to its wing.
pub(crate) const NOUN: &crate::spine::Noun =
    &crate::spine::Noun { refusals: &[AUDIT_RISK_REFUSALS], events: &[], enums: &[RiskRule::LABELS] };

/// A rule that saw something.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RiskRule {
    /// 拆分采购: several small purchases that together pass a limit.
    SplitPurchase,
    /// 整数金额: a round sum.
    RoundSum,
    /// 休息日或法定节假日发生.
    RestDay,
    /// 金额重复: the same amount again.
    RepeatedAmount,
    /// 销售方重复: the same seller again and again.
    RepeatedSeller,
    /// 发票连号: invoice numbers in a row.
    InvoiceSequence,
    /// 逾期报销: claimed long after it was spent.
    LateClaim,
    /// 个人占比异常: one person's share of a category is out of line.
    OutsizedShare,
}

crate::labels! { RiskRule = "RiskRule":
    SplitPurchase = "split_purchase", "拆分采购", "Split purchase";
    RoundSum = "round_sum", "整数金额", "Round sum";
    RestDay = "rest_day", "休息日或节假日", "Weekend or holiday";
    RepeatedAmount = "repeated_amount", "金额重复", "Repeated amount";
    RepeatedSeller = "repeated_seller", "销售方重复", "Repeated seller";
    InvoiceSequence = "invoice_sequence", "发票连号", "Invoice numbers in a row";
    LateClaim = "late_claim", "逾期报销", "Late claim";
    OutsizedShare = "outsized_share", "个人占比异常", "Outsized share";
}

/// One sign at a claim, with why.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
pub struct RiskSignal {
    /// The rule that saw it.
    pub rule: RiskRule,
    /// How much it counts.
    #[schema(minimum = 1, maximum = 100)]
    pub weight: u32,
    /// The line it was seen at, counted from 1; null for the claim as a whole.
    #[schema(minimum = 1)]
    pub line: Option<i32>,
    /// By which policy version and clause, on which facts: amounts, days, other claims and invoices.
    pub explanation: Explanation,
}

/// The policies the signs rest on.
#[derive(Clone, Debug)]
pub struct RiskRules {
    /// Thresholds and weights.
    pub policy: Arc<PolicyVersion<AuditRisk>>,
    /// Which days are worked.
    pub calendar: Arc<PolicyVersion<WorkingCalendar>>,
}

/// What one rule notes.
struct Notes<'a> {
    rule: RiskRule,
    weight: u32,
    clause: Option<&'a str>,
    rules: &'a RiskRules,
    found: &'a mut Vec<RiskSignal>,
}

impl Notes<'_> {
    fn add(&mut self, line: Option<i32>, facts: Value) {
        let citation = self.rules.policy.cite("EXP-11", self.clause);
        let explanation = Explanation::new(&format!("risk_signal.{}", self.rule.code()), citation, facts);
        self.found.push(RiskSignal { rule: self.rule, weight: self.weight, line, explanation });
    }
}

/// Every sign at a claim among what surrounds it.
pub fn signals(claim: &ClaimFacts, around: &Surroundings<'_>, rules: &RiskRules) -> Vec<RiskSignal> {
    let mut found = Vec::new();
    macro_rules! apply {
        ($($rule:ident: $member:ident => $look:path;)*) => {$(
            if let Some(rule) = &rules.policy.content.$member {
                let clause = rule.clause.as_deref();
                let rule_name = RiskRule::$rule;
                let notes = Notes { rule: rule_name, weight: rule.weight, clause, rules, found: &mut found };
                $look(rule, claim, around, notes);
            }
        )*};
    }
    apply! {
        SplitPurchase: split_purchase => split_purchase::look;
        RoundSum: round_sum => round_sum::look;
        RestDay: rest_day => rest_day::look;
        RepeatedAmount: repeated_amount => repeated::look_for_amount;
        RepeatedSeller: repeated_seller => repeated::look_for_seller;
        InvoiceSequence: invoice_sequence => sequence::look;
        LateClaim: late_claim => late_claim::look;
        OutsizedShare: outsized_share => outsized_share::look;
    }
    found
}

/// How much the signs of a claim weigh together: each rule once, however often it saw something.
pub fn score(signals: &[RiskSignal]) -> u32 {
    let by_rule: BTreeMap<RiskRule, u32> =
        signals.iter().map(|signal| (signal.rule, signal.weight)).collect();
    by_rule.values().sum()
}

/// At most so many other claims are named by one sign.
const NAMED_MAX: usize = 20;

/// Another claim, as a sign names it.
fn named(claim: &ClaimFacts, line: &LineFacts) -> Value {
    json!({
        "claim_id": claim.claim, "number": claim.number, "line": line.line,
        "occurred_on": line.occurred_on, "amount": line.amount,
    })
}
