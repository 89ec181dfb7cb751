//! Thresholds, windows and weights of the rules, as data. A rule that is absent is not applied. `[REG-4]`

use super::{TOO_FEW_TIMES, WINDOW_TOO_WIDE};
use crate::spine::{Finding, Findings, Money, PolicyContent, codes};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

/// The code under which the rules for expense claims are kept.
pub const AUDIT_RISK_CODE: &str = "audit-risk/expense-claims";

/// The rules as shipped.
pub const SHIPPED_AUDIT_RISK: &str = include_str!("../shipped/audit_risk.json");

macro_rules! rules {
    ($($(#[$about:meta])* $name:ident as $wire:ident { $($(#[$field_about:meta])* $field:ident: $kind:ty,)* })*) => {$(
        $(#[$about])*
        #[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
        #[schema(as = $wire)]
        #[serde(deny_unknown_fields)]
        pub struct $name {
            /// How much it counts: 1 to 100.
            pub weight: u32,
            /// The clause it enforces; the policy's where absent.
            #[serde(default)]
            pub clause: Option<String>,
            $($(#[$field_about])* pub $field: $kind,)*
        }
    )*};
}

rules! {
    /// Purchases of one person or from one seller, of one category, each within a limit, together above it.
    SplitPurchase as AuditRiskSplitPurchase {
        /// How far apart they may lie, in days.
        window_days: u32,
        /// The limits that splitting would evade.
        limits: Vec<Money>,
        /// The limits that lines of one claim, from one seller, would evade; a chain sees a claim as a whole, who compares
        /// prices sees its lines.
        #[serde(default)]
        limits_within: Vec<Money>,
    }
    /// A round sum.
    RoundSum as AuditRiskRoundSum {
        /// Sums that are multiples of this are round.
        multiple: Money,
        /// Smaller sums do not count.
        from: Money,
    }
    /// Spent on a rest day or holiday.
    RestDay as AuditRiskRestDay {
        /// Categories for which that is usual, with those below them.
        except_categories: Vec<String>,
    }
    /// The same amount again, of the same people or from the same seller.
    RepeatedAmount as AuditRiskRepeatedAmount {
        /// How far apart, in days.
        window_days: u32,
        /// Smaller amounts do not count.
        from: Money,
        /// From how many times on, this one included.
        times: u32,
    }
    /// The same people buying from the same seller.
    RepeatedSeller as AuditRiskRepeatedSeller {
        /// How far apart, in days.
        window_days: u32,
        /// From how many lines on, this one included.
        times: u32,
    }
    /// Invoices of one seller whose numbers follow each other.
    InvoiceSequence as AuditRiskInvoiceSequence {
        /// How far two numbers in a row may lie apart.
        gap: u32,
        /// From how many numbers on, this one included.
        times: u32,
    }
    /// Claimed long after it was spent.
    LateClaim as AuditRiskLateClaim {
        /// More than so many days.
        days: u32,
    }
    /// One person's share of what a department spent on a category.
    OutsizedShare as AuditRiskOutsizedShare {
        /// More than so many per cent.
        percent: u32,
        /// Only where at least so many people spent on it.
        people: u32,
        /// Only where it is at least this much in all.
        from: Money,
    }
}

/// The rules for risk signals.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AuditRisk {
    /// How far around the business day of a claim others are looked for, in days.
    pub look_around_days: u32,
    /// Purchases split to stay within a limit.
    #[serde(default)]
    pub split_purchase: Option<SplitPurchase>,
    /// Round sums.
    #[serde(default)]
    pub round_sum: Option<RoundSum>,
    /// Spending on rest days and holidays.
    #[serde(default)]
    pub rest_day: Option<RestDay>,
    /// The same amount again.
    #[serde(default)]
    pub repeated_amount: Option<RepeatedAmount>,
    /// The same seller again.
    #[serde(default)]
    pub repeated_seller: Option<RepeatedSeller>,
    /// Invoices numbered in a row.
    #[serde(default)]
    pub invoice_sequence: Option<InvoiceSequence>,
    /// Claims long after the spending.
    #[serde(default)]
    pub late_claim: Option<LateClaim>,
    /// A share of one person out of line.
    #[serde(default)]
    pub outsized_share: Option<OutsizedShare>,
}

/// The widest look around: a year.
const LOOK_AROUND_MAX: u32 = 366;
/// The widest gap between two invoice numbers in a row.
const GAP_MAX: u32 = 20;

/// Collects what is wrong with the rules.
struct Check {
    findings: Findings,
    look_around: u32,
}

impl Check {
    fn range(&mut self, place: &str, value: u32, min: u32, max: u32) {
        if !(min..=max).contains(&value) {
            let range = [("min", json!(min)), ("max", json!(max))];
            self.findings.add_with(format!("/content/{place}"), codes::OUT_OF_RANGE, range);
        }
    }
    fn window(&mut self, place: &str, days: u32) {
        if days > self.look_around {
            let most = [("days", json!(self.look_around))];
            self.findings.add_with(format!("/content/{place}/window_days"), WINDOW_TOO_WIDE, most);
        }
    }
    fn times(&mut self, place: &str, times: u32) {
        if times < 2 {
            self.findings.add(format!("/content/{place}/times"), TOO_FEW_TIMES);
        }
    }
    fn positive(&mut self, place: &str, amount: Money) {
        if !amount.is_positive() {
            self.findings.add(format!("/content/{place}"), codes::AMOUNT_NOT_POSITIVE);
        }
    }
    fn split_purchase(&mut self, rule: &SplitPurchase) {
        self.range("split_purchase/weight", rule.weight, 1, 100);
        self.window("split_purchase", rule.window_days);
        if rule.limits.is_empty() {
            self.findings.add("/content/split_purchase/limits", codes::REQUIRED);
        }
        for (index, limit) in rule.limits.iter().enumerate() {
            self.positive(&format!("split_purchase/limits/{index}"), *limit);
        }
        for (index, limit) in rule.limits_within.iter().enumerate() {
            self.positive(&format!("split_purchase/limits_within/{index}"), *limit);
        }
    }
    fn repeated(&mut self, rules: &AuditRisk) {
        if let Some(rule) = &rules.repeated_amount {
            self.range("repeated_amount/weight", rule.weight, 1, 100);
            self.window("repeated_amount", rule.window_days);
            self.times("repeated_amount", rule.times);
            self.positive("repeated_amount/from", rule.from);
        }
        if let Some(rule) = &rules.repeated_seller {
            self.range("repeated_seller/weight", rule.weight, 1, 100);
            self.window("repeated_seller", rule.window_days);
            self.times("repeated_seller", rule.times);
        }
        if let Some(rule) = &rules.invoice_sequence {
            self.range("invoice_sequence/weight", rule.weight, 1, 100);
            self.range("invoice_sequence/gap", rule.gap, 1, GAP_MAX);
            self.times("invoice_sequence", rule.times);
        }
    }
    fn single(&mut self, rules: &AuditRisk) {
        if let Some(rule) = &rules.round_sum {
            self.range("round_sum/weight", rule.weight, 1, 100);
            self.positive("round_sum/multiple", rule.multiple);
            self.positive("round_sum/from", rule.from);
        }
        if let Some(rule) = &rules.rest_day {
            self.range("rest_day/weight", rule.weight, 1, 100);
        }
        if let Some(rule) = &rules.late_claim {
            self.range("late_claim/weight", rule.weight, 1, 100);
            self.range("late_claim/days", rule.days, 1, 3_660);
        }
        if let Some(rule) = &rules.outsized_share {
            self.range("outsized_share/weight", rule.weight, 1, 100);
            self.range("outsized_share/percent", rule.percent, 1, 99);
            self.range("outsized_share/people", rule.people, 2, 1_000);
            self.positive("outsized_share/from", rule.from);
        }
    }
}

impl PolicyContent for AuditRisk {
    const KIND: &'static str = "audit-risk";
    const EXAMPLE: &'static str = SHIPPED_AUDIT_RISK;

    fn findings(&self) -> Vec<Finding> {
        let mut check = Check { findings: Findings::new(), look_around: self.look_around_days };
        check.range("look_around_days", self.look_around_days, 1, LOOK_AROUND_MAX);
        if let Some(rule) = &self.split_purchase {
            check.split_purchase(rule);
        }
        check.single(self);
        check.repeated(self);
        check.findings.into_vec()
    }
}
