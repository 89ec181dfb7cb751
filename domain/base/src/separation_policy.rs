//! Two pairs of eyes (不相容职务分离): what one person may not both do, stated once for every noun. Each rule is strict; a
//! company that has too few people for one loosens it by data, with its reason, and whatever is done so says it.
//! `[APR-4, EXP-9, EXP-12, REG-4]`

use crate::spine::{
    Explanation, Finding, Findings, PolicyContent, PolicyVersion, Refusal, RefusalCode, codes, wording,
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;

/// The code under which the rules are kept.
pub const SEPARATION_POLICY_CODE: &str = "separation/standard";
/// The rules as shipped: none is loosened.
pub const SHIPPED_SEPARATION_POLICY: &str = include_str!("shipped/separation_policy.json");

crate::refusals! { SEPARATION_REFUSALS:
    OWN_IN_BOOKS = "separation.own_in_books", Forbidden, "不得接收、入账或收付本人的单据，须由他人办理", "You cannot accept, post or pay your own document; a colleague has to";
    SELLER_EVALUATES = "separation.seller_evaluates", Invalid, "“{name}”是所评估费用的销售方，不能作为第三方进行评估", "\"{name}\" sold what is being evaluated, so it cannot be the third party that evaluates it";
    DECIDER_ACCEPTS = "separation.decider_accepts", Forbidden, "审批过该费用的人不得验收其后评估报告，须由他人验收", "Whoever approved the spending cannot accept the evaluation of it; a colleague has to";
    TWO_STEPS = "separation.two_steps", Invalid, "该员工是本审批另一步骤的审批人，同一人不得审批两个步骤", "That employee is the approver of another step of this approval; the same person cannot decide two steps";
    LOOSENED_TWICE = "separation.loosened_twice", Invalid, "同一规则只能列出一次", "Each rule can be listed only once";
}

/// What this noun brings to its wing.
pub(crate) const NOUN: &crate::spine::Noun =
    &crate::spine::Noun { refusals: &[SEPARATION_REFUSALS], events: &[], enums: &[SeparationRule::LABELS] };

/// What one person may not both do.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SeparationRule {
    /// Made, submitted or gained by a document, and took it into the books, posted it, or moved its money.
    OwnInBooks,
    /// Sold what is evaluated, and evaluates it.
    SellerEvaluates,
    /// Decided about spending, and accepts the report on it.
    DeciderAccepts,
    /// Decides one step of an approval, and holds somebody else's task of another.
    TwoSteps,
}

crate::labels! { SeparationRule = "SeparationRule":
    OwnInBooks = "own_in_books", "经办与记账、出纳分离", "Own documents in the books";
    SellerEvaluates = "seller_evaluates", "销售方与评估方分离", "Seller and evaluator";
    DeciderAccepts = "decider_accepts", "审批与验收分离", "Deciding and accepting";
    TwoSteps = "two_steps", "审批各步骤分离", "Two steps of an approval";
}

impl SeparationRule {
    const fn refusal(self) -> &'static RefusalCode {
        match self {
            Self::OwnInBooks => OWN_IN_BOOKS,
            Self::SellerEvaluates => SELLER_EVALUATES,
            Self::DeciderAccepts => DECIDER_ACCEPTS,
            Self::TwoSteps => TWO_STEPS,
        }
    }
    const fn rule(self) -> &'static str {
        match self {
            Self::OwnInBooks => "EXP-9",
            Self::SellerEvaluates | Self::DeciderAccepts => "EXP-12",
            Self::TwoSteps => "APR-4",
        }
    }
}

/// A rule that a company does without.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = LoosenedSeparation)]
pub struct Loosened {
    /// Which.
    pub rule: SeparationRule,
    /// Why: what whoever does both is shown with.
    pub reason: String,
}

/// Which rules are loosened; all others hold.
#[derive(Clone, Default, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SeparationPolicy {
    /// The loosened rules.
    #[serde(default)]
    pub loosened: Vec<Loosened>,
}

impl SeparationPolicy {
    /// Why a rule is loosened; none where it holds.
    pub fn loosened(&self, rule: SeparationRule) -> Option<&str> {
        self.loosened.iter().find(|loosened| loosened.rule == rule).map(|loosened| loosened.reason.as_str())
    }
}

/// Holds a deed against a rule. `is_both`: whether the doer stands on both sides.
///
/// # Errors
/// Where the doer does and the rule holds. Where it is loosened the answer is what has to be told of the deed.
pub fn hold_apart(
    policy: &PolicyVersion<SeparationPolicy>,
    rule: SeparationRule,
    is_both: bool,
    facts: Value,
) -> Result<Option<Explanation>, Refusal> {
    if !is_both {
        return Ok(None);
    }
    let cited = policy.cite(rule.rule(), None);
    let Some(reason) = policy.content.loosened(rule) else {
        let mut refusal = Refusal::new(rule.refusal()).citing(cited);
        if let Value::Object(facts) = facts {
            refusal.params.extend(facts);
        }
        return Err(refusal);
    };
    let mut told = json!({"rule": rule, "reason": reason});
    if let (Value::Object(told), Value::Object(facts)) = (&mut told, facts) {
        told.extend(facts);
    }
    Ok(Some(Explanation::new("separation_loosened", cited, told)))
}

impl PolicyContent for SeparationPolicy {
    const KIND: &'static str = "separation";
    const EXAMPLE: &'static str = SHIPPED_SEPARATION_POLICY;

    fn findings(&self) -> Vec<Finding> {
        let mut findings = Findings::new();
        for (index, loosened) in self.loosened.iter().enumerate() {
            let pointer = format!("/content/loosened/{index}");
            wording::check(&mut findings, &format!("{pointer}/reason"), &loosened.reason, 200);
            if self.loosened[..index].iter().any(|earlier| earlier.rule == loosened.rule) {
                findings.add(format!("{pointer}/rule"), LOOSENED_TWICE);
            }
        }
        if self.loosened.len() > SeparationRule::ALL.len() {
            let range = [("min", json!(0)), ("max", json!(SeparationRule::ALL.len()))];
            findings.add_with("/content/loosened", codes::OUT_OF_RANGE, range);
        }
        findings.into_vec()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spine::Id;
    use uuid::Uuid;

    fn version(content: SeparationPolicy) -> PolicyVersion<SeparationPolicy> {
        let (code, clause) = (SEPARATION_POLICY_CODE.to_owned(), "000 §9.2".to_owned());
        PolicyVersion { id: Id::from_uuid(Uuid::nil()), code, number: 1, clause, content }
    }

    #[test]
    fn every_rule_holds_unless_it_is_loosened_and_then_it_shows() {
        let strict: SeparationPolicy = serde_json::from_str(SHIPPED_SEPARATION_POLICY).expect("it reads");
        assert_eq!((strict.findings(), strict.loosened.len()), (vec![], 0));
        for rule in SeparationRule::ALL {
            let refused = hold_apart(&version(strict.clone()), rule, true, json!({"name": "甲"}));
            assert_eq!(refused.expect_err("both").code, rule.refusal());
            assert_eq!(hold_apart(&version(strict.clone()), rule, false, json!({})), Ok(None));
            let loosened =
                SeparationPolicy { loosened: vec![Loosened { rule, reason: "财务仅一人".into() }] };
            let told = hold_apart(&version(loosened), rule, true, json!({"name": "甲"})).expect("allowed");
            assert_eq!(told.map(|told| told.facts["reason"].clone()), Some(json!("财务仅一人")));
        }
        let twice = Loosened { rule: SeparationRule::TwoSteps, reason: "人少".into() };
        let twice = SeparationPolicy { loosened: vec![twice.clone(), twice] };
        assert_eq!(twice.findings()[0].code, LOOSENED_TWICE);
    }
}
