//! Performance credit and commission (业绩与佣金): whose sale it counts as, and how the money is shared. `[COM; 002 §5]`
//!
//! A sale is attributed once: gate, rule, cuts, money. The rules are an ordered, versioned policy over the facts that are
//! known by its closing; where one is missing the question is put to the manager and nothing is guessed. What is frozen
//! with the sale decides of everything that comes later: instalments, refunds, returns.

/// From what is due to what is booked: instalments, refunds, amendments.
pub mod accrual;
/// Whose sale it is: the rules in their order.
pub mod attribution;
/// The facts of a sale, and what is not known of them.
pub mod fact;
/// What sales earn.
pub mod plan;
/// The rules as data.
pub mod policy;
/// What a ruling settles, line by line, to exactly zero.
pub mod settlement;
/// What a person is paid for a month.
pub mod statement;
/// Rates by attainment.
pub mod tier;

pub use accrual::{Booked, Due, Earned, Holder, Ledger};
pub use attribution::{Attributed, Attribution, WhyNot};
pub use fact::{Answer, Closer, Question, SaleFacts};
pub use policy::{COMMISSION_RULES_CODE, CommissionRules, RuleCode, SHIPPED_COMMISSION_RULES};

crate::refusals! { COMMISSION_REFUSALS:
    SETTLEMENT_UNBALANCED = "settlement.unbalanced", Invalid, "清算不平：尚差 {difference}", "The settlement does not come out: {difference} is missing";
    LINE_UNSOUND = "settlement.line_unsound", Invalid, "清算明细不完整：金额须为正数的人民币，罚款与分配须指明员工，分配写金额或佣金比例之一，基金只写名称", "A line of a settlement is not sound: amounts are positive and in yuan, fines and awards name somebody, an award has an amount or a share of the commission, a fund has its name alone";
    AWARD_TO_RULER = "settlement.award_to_ruler", Invalid, "裁决人不得从清算中获得分配", "Whoever rules takes no award";
    TIERS_NOT_ADJOINING = "commission_plan.tiers_not_adjoining", Invalid, "提成档位须从零起首尾相接", "Tiers begin at zero and adjoin";
    PLAN_INCOMPLETE = "commission_plan.incomplete", Invalid, "最后一项费率须适用于所有产品，否则有的成交没有提成", "The last rate must fit every product, or some sales earn nothing unsaid";
    RULE_TWICE = "commission_rules.rule_twice", Invalid, "规则“{rule}”重复", "The rule \"{rule}\" is given twice";
    RULES_INCOMPLETE = "commission_rules.incomplete", Invalid, "最后一条规则须为“客户归属人全得”，否则有成交无从归属", "The last rule must be the owner's, or a sale may belong to nobody";
}

/// What this noun brings to its wing.
pub(crate) const NOUN: &crate::spine::Noun = &crate::spine::Noun {
    refusals: &[COMMISSION_REFUSALS],
    events: &[],
    enums: &[
        fact::Finding::LABELS,
        fact::Misdeed::LABELS,
        fact::Question::LABELS,
        plan::Base::LABELS,
        plan::Pays::LABELS,
        RuleCode::LABELS,
        tier::TierMode::LABELS,
        WhyNot::LABELS,
    ],
};

#[cfg(test)]
mod properties;
#[cfg(test)]
mod tests;
