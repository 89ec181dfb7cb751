//! What the marketing centre spends, who answers for it, and how it reaches the books. `[EXP-1 … EXP-15]`
#![warn(missing_docs)]

/// The months that close.
pub mod accounting_period;
/// What an internal audit found, and how it is mended.
pub mod audit_finding;
/// Signs that a claim deserves a second look, each explained.
pub mod audit_risk;
/// The budget document: what is planned, and how its lines come to be.
pub mod budget;
/// What the figures of a period say, filed for the next budget.
pub mod budget_analysis;
/// Changes of active budgets: transfers, increases, cuts, emergency draws.
pub mod budget_change;
/// What the settings for budgets say to a document.
pub mod budget_control;
/// How budgets are executed: rates, forecasts, alerts.
pub mod budget_execution;
/// Budget lines and their ledger: what is allocated, reserved, committed, spent.
pub mod budget_line;
/// The company's own settings for budgets.
pub mod budget_policy;
/// Money given before it is spent, and settled afterwards.
pub mod cash_advance;
/// The settings for cash advances.
pub mod cash_advance_policy;
/// Kinds of expense: the tree that policies, accounts and limits hang on.
pub mod expense_category;
/// Reimbursement of what was spent, from draft to paid.
pub mod expense_claim;
/// The company's own settings for claims: buyers, dates, accounts.
pub mod expense_policy;
/// Asking before spending.
pub mod expense_request;
/// Another use of what was approved, asked for again.
pub mod expense_request_amendment;
/// The company's own settings for requests: dates, procurement.
pub mod expense_request_policy;
/// What a period cost, compiled for management.
pub mod expense_statement;
#[cfg(test)]
mod fixture;
/// Internal audits: scope, sample, conclusions.
pub mod internal_audit;
/// Invoices, each reimbursed once in the whole company.
pub mod invoice;
/// What a claim means for the general ledger.
pub mod journal;
/// Bank accounts to which the company pays.
pub mod payee_account;
/// Money that reached the beneficiary.
pub mod payment;
/// Years, quarters and months.
pub mod period;
/// What a third party says afterwards about the effect of spending.
pub mod post_evaluation;
/// Quotes and tenders: prices are compared before much is bought. `[EXP-7]`
pub mod procurement;
/// What documents let their approval chains route by.
pub mod routing;

pub use domain_base::{
    approval, duty, events, file, identity, labels, organisation, policy_replay, refusals, separation_policy,
    spine, status, task, working_time,
};

use spine::wording;

// One name inside and outside.
pub extern crate self as finance;

/// What this wing brings.
pub const WING: &spine::Wing = &spine::Wing {
    name: "finance",
    nouns: &[
        budget::NOUN,
        accounting_period::NOUN,
        budget_analysis::NOUN,
        budget_change::NOUN,
        budget_line::NOUN,
        budget_execution::NOUN,
        audit_finding::NOUN,
        audit_risk::NOUN,
        internal_audit::NOUN,
        expense_category::NOUN,
        invoice::NOUN,
        expense_policy::NOUN,
        expense_claim::NOUN,
        expense_request::NOUN,
        procurement::NOUN,
        expense_request_amendment::NOUN,
        cash_advance::NOUN,
        expense_statement::NOUN,
        journal::NOUN,
        payee_account::NOUN,
        payment::NOUN,
        post_evaluation::NOUN,
    ],
};

/// The code under which the approval chain for expense claims is kept.
pub const CLAIM_CHAIN_CODE: &str = "approval-chain/expense-claim";

/// The code under which the approval chain for expense requests is kept.
pub const REQUEST_CHAIN_CODE: &str = "approval-chain/expense-request";

/// The code under which the approval chain for amendments of expense requests is kept.
pub const AMENDMENT_CHAIN_CODE: &str = "approval-chain/expense-request-amendment";

/// The approval chain for expense requests, and for their amendments, as shipped. `[EXP-3, EXP-5, BUD-5]`
pub const SHIPPED_REQUEST_CHAIN: &str = include_str!("shipped/expense_request_chain.json");

/// The approval chain for expense claims as shipped. `[EXP-3]`
///
/// As in every shipped chain, a step that finds nobody falls to the general manager, and where the document is the
/// general manager's own to finance: the regulations name nobody above, and of all who decide it is finance alone
/// that examines whatever anybody spends (003 营销费用审批流程 3; 004 §10.2). `[APR-4]`
pub const SHIPPED_CLAIM_CHAIN: &str = include_str!("shipped/expense_claim_chain.json");

/// The code under which the approval chain for cash advances is kept.
pub const CASH_ADVANCE_CHAIN_CODE: &str = "approval-chain/cash-advance";

/// The approval chain for cash advances as shipped. `[EXP-14]`
pub const SHIPPED_CASH_ADVANCE_CHAIN: &str = include_str!("shipped/cash_advance_chain.json");

/// The code under which the approval chain for budgets is kept.
pub const BUDGET_CHAIN_CODE: &str = "approval-chain/budget";

/// The code under which the approval chain for changes of budgets is kept.
pub const BUDGET_CHANGE_CHAIN_CODE: &str = "approval-chain/budget-change";

/// The approval chain for changes of budgets as shipped. `[BUD-6]`
pub const SHIPPED_BUDGET_CHANGE_CHAIN: &str = include_str!("shipped/budget_change_chain.json");

/// The code under which the approval chain for draws on emergency funds is kept.
pub const EMERGENCY_DRAW_CHAIN_CODE: &str = "approval-chain/emergency-draw";

/// The approval chain for draws on emergency funds as shipped: director and finance. `[BUD-7]`
pub const SHIPPED_EMERGENCY_DRAW_CHAIN: &str = include_str!("shipped/emergency_draw_chain.json");

/// The approval chain for budgets as shipped: superior department, finance, leadership. `[BUD-3]`
pub const SHIPPED_BUDGET_CHAIN: &str = include_str!("shipped/budget_chain.json");

#[cfg(test)]
mod tests {
    use super::{SHIPPED_CLAIM_CHAIN, SHIPPED_REQUEST_CHAIN};
    use crate::{
        approval::{ChainPolicy, Condition, Counting},
        spine::PolicyContent,
    };

    #[test]
    fn the_shipped_chains_of_budgets_are_sound() {
        for shipped in [
            super::SHIPPED_BUDGET_CHAIN,
            super::SHIPPED_BUDGET_CHANGE_CHAIN,
            super::SHIPPED_EMERGENCY_DRAW_CHAIN,
            super::accounting_period::SHIPPED_REOPENING_CHAIN,
        ] {
            let chain: ChainPolicy = serde_json::from_str(shipped).expect("it reads");
            assert_eq!(chain.findings(), []);
            assert!(chain.steps.iter().all(|step| step.clause.contains("000 §9")));
        }
    }

    #[test]
    fn the_shipped_chain_is_sound_and_rises_with_the_amount() {
        let chain: ChainPolicy = serde_json::from_str(SHIPPED_CLAIM_CHAIN).expect("it reads");
        assert_eq!(chain.findings(), []);
        let asked = |minor: i64| -> Vec<&str> {
            let applies = |when: &[Condition]| {
                when.iter().all(|c| match c {
                    Condition::Amount { from, to } => {
                        from.is_none_or(|from| from <= minor) && to.is_none_or(|to| minor < to)
                    }
                    // What no request allowed.
                    Condition::Field { field, any_of } => field == "within_request" && any_of.len() == 1,
                    _ => false,
                })
            };
            chain.steps.iter().filter(|step| applies(&step.when)).map(|step| step.code.as_str()).collect()
        };
        assert_eq!(asked(500_000), ["head", "finance"]);
        assert_eq!(asked(500_001), ["head", "finance", "marketing-director"]);
        assert_eq!(asked(5_000_000), ["head", "finance", "marketing-director"]);
        assert_eq!(asked(5_000_001), ["head", "finance", "marketing-director", "general-manager"]);
        assert!(chain.steps.iter().all(|step| step.clause.contains("003")));
    }

    #[test]
    fn the_shipped_chain_for_requests_is_sound_and_ends_with_the_special_review() {
        let chain: ChainPolicy = serde_json::from_str(SHIPPED_REQUEST_CHAIN).expect("it reads");
        assert_eq!(chain.findings(), []);
        let anew: Vec<_> = chain.steps.iter().filter(|step| step.decided_anew).collect();
        assert_eq!(anew.iter().map(|step| step.code.as_str()).collect::<Vec<_>>(), ["special-review"]);
        assert!(anew[0].counting == Counting::AllOf && anew[0].clause.contains("000 §9.3(5)"));
    }
}
