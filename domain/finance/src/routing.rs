//! What the documents of finance let their approval chains route by, beside the amount. `[APR-1, APR-10]`
//!
//! Said here once for the check of a chain; the documents themselves fill the fields in (`routed_fields`).

use super::{
    AMENDMENT_CHAIN_CODE, BUDGET_CHAIN_CODE, BUDGET_CHANGE_CHAIN_CODE, CASH_ADVANCE_CHAIN_CODE,
    CLAIM_CHAIN_CODE, EMERGENCY_DRAW_CHAIN_CODE, REQUEST_CHAIN_CODE, accounting_period::REOPENING_CHAIN_CODE,
    budget::ScopeLevel, budget_change::ChangeKind, expense_statement::STATEMENT_CHAIN_CODE, period::Period,
};
use crate::approval::{Holds, RoutedField};

const ANY_TEXT: Holds = Holds::Text(|text| !text.is_empty());
const PERIOD: Holds = Holds::Text(|text| text.parse::<Period>().is_ok());
const SCOPE: Holds = Holds::Text(|text| ScopeLevel::from_code(text).is_some());
const CHANGE: Holds = Holds::Text(|text| ChangeKind::from_code(text).is_some());

const CLAIM: &[RoutedField] = &[
    RoutedField::new("category", Holds::Category),
    RoutedField::new("for_somebody_else", Holds::Flag),
    RoutedField::new("foreign_currency", Holds::Flag),
    RoutedField::new("campaign", ANY_TEXT),
    RoutedField::new("region", ANY_TEXT),
    RoutedField::new("borne_elsewhere", Holds::Flag),
    RoutedField::new("bearing_departments", Holds::Department),
    RoutedField::new("over_budget", Holds::Flag),
    RoutedField::new("over_run", Holds::Flag),
    RoutedField::new("within_request", Holds::Flag),
];
const REQUEST: &[RoutedField] = &[
    RoutedField::new("category", Holds::Category),
    RoutedField::new("over_budget", Holds::Flag),
    RoutedField::new("urgent", Holds::Flag),
    RoutedField::new("major_campaign", Holds::Flag),
    RoutedField::new("foreign_currency", Holds::Flag),
    RoutedField::new("campaign", ANY_TEXT),
    RoutedField::new("region", ANY_TEXT),
    RoutedField::new("borne_elsewhere", Holds::Flag),
    RoutedField::new("bearing_departments", Holds::Department),
];
const BUDGET: &[RoutedField] = &[
    RoutedField::new("category", Holds::Category),
    RoutedField::new("scope", SCOPE),
    RoutedField::new("region", ANY_TEXT),
    RoutedField::new("fiscal_year", Holds::Number),
];
const BUDGET_CHANGE: &[RoutedField] = &[
    RoutedField::new("change", CHANGE),
    RoutedField::new("raises_budget", Holds::Flag),
    RoutedField::new("fiscal_year", Holds::Number),
];

/// What the documents of a chain are routed by; `None` for a chain that no document of ours meets.
pub fn routed_fields(chain_code: &str) -> Option<&'static [RoutedField]> {
    Some(match chain_code {
        CLAIM_CHAIN_CODE => CLAIM,
        REQUEST_CHAIN_CODE | AMENDMENT_CHAIN_CODE => REQUEST,
        BUDGET_CHAIN_CODE => BUDGET,
        BUDGET_CHANGE_CHAIN_CODE | EMERGENCY_DRAW_CHAIN_CODE => BUDGET_CHANGE,
        CASH_ADVANCE_CHAIN_CODE => const { &[RoutedField::new("for_request", Holds::Flag)] },
        STATEMENT_CHAIN_CODE => const { &[RoutedField::new("period", PERIOD)] },
        REOPENING_CHAIN_CODE => const { &[RoutedField::new("month", PERIOD)] },
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        approval::{ChainPolicy, check_conditions},
        finance::{
            SHIPPED_BUDGET_CHAIN, SHIPPED_BUDGET_CHANGE_CHAIN, SHIPPED_CASH_ADVANCE_CHAIN,
            SHIPPED_CLAIM_CHAIN, SHIPPED_EMERGENCY_DRAW_CHAIN, SHIPPED_REQUEST_CHAIN,
            accounting_period::SHIPPED_REOPENING_CHAIN, expense_statement::SHIPPED_STATEMENT_CHAIN,
        },
    };
    use serde_json::{Value, json};

    fn found(code: &str, when: Value) -> Vec<(&'static str, String)> {
        let mut chain: Value = serde_json::from_str(SHIPPED_CLAIM_CHAIN).expect("it reads");
        chain["steps"][5]["when"] = json!([when]);
        let chain: ChainPolicy = serde_json::from_value(chain).expect("a chain");
        let fields = routed_fields(code).expect("fields");
        let found = check_conditions(&chain, fields, &|category| category == "promotion");
        found.into_iter().map(|finding| (finding.code.code, finding.pointer)).collect()
    }

    #[test]
    fn the_shipped_chains_look_only_at_what_their_documents_have() {
        for (code, shipped) in [
            (CLAIM_CHAIN_CODE, SHIPPED_CLAIM_CHAIN),
            (REQUEST_CHAIN_CODE, SHIPPED_REQUEST_CHAIN),
            (AMENDMENT_CHAIN_CODE, SHIPPED_REQUEST_CHAIN),
            (BUDGET_CHAIN_CODE, SHIPPED_BUDGET_CHAIN),
            (BUDGET_CHANGE_CHAIN_CODE, SHIPPED_BUDGET_CHANGE_CHAIN),
            (EMERGENCY_DRAW_CHAIN_CODE, SHIPPED_EMERGENCY_DRAW_CHAIN),
            (CASH_ADVANCE_CHAIN_CODE, SHIPPED_CASH_ADVANCE_CHAIN),
            (STATEMENT_CHAIN_CODE, SHIPPED_STATEMENT_CHAIN),
            (REOPENING_CHAIN_CODE, SHIPPED_REOPENING_CHAIN),
        ] {
            let chain: ChainPolicy = serde_json::from_str(shipped).expect("it reads");
            let fields = routed_fields(code).expect("fields");
            assert_eq!(check_conditions(&chain, fields, &|_| true), [], "{code}");
        }
    }

    #[test]
    fn a_condition_that_can_never_hold_is_found() {
        let category = |code: &str| json!({"on": "category", "any_of": [code]});
        assert_eq!(found(CLAIM_CHAIN_CODE, category("promotion")), []);
        let unknown = "approval.chain_unknown_value";
        let at = "/content/steps/5/when/0/any_of/0".to_owned();
        assert_eq!(found(CLAIM_CHAIN_CODE, category("typo")), [(unknown, at.clone())]);
        let field = |field: &str, value: Value| json!({"on": "field", "field": field, "any_of": [value]});
        assert_eq!(found(CLAIM_CHAIN_CODE, field("over_run", json!(true))), []);
        assert_eq!(found(CLAIM_CHAIN_CODE, field("over_run", json!("true"))), [(unknown, at)]);
        let nested = json!({"on": "any", "of": [field("campagin", json!("spring"))]});
        let at = "/content/steps/5/when/0/of/0".to_owned();
        assert_eq!(found(CLAIM_CHAIN_CODE, nested), [("approval.chain_unknown_field", at)]);
        let urgent = json!({"on": "urgent", "is": true});
        assert_eq!(found(CLAIM_CHAIN_CODE, urgent)[0].0, "approval.chain_unknown_field");
        let of_budgets = found(BUDGET_CHAIN_CODE, field("scope", json!("regional")));
        assert!(of_budgets.iter().any(|(code, _)| *code == unknown), "{of_budgets:?}");
    }
}
