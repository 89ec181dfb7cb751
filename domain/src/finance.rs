//! What the marketing centre spends, who answers for it, and how it reaches the books. `[EXP-1 … EXP-15]`
//!
//! Budgets and expense requests come later; a claim is direct until then.

/// The months that close.
pub mod accounting_period;
/// The budget document: what is planned, and how its lines come to be.
pub mod budget;
/// Budget lines and their ledger: what is allocated, reserved, committed, spent.
pub mod budget_line;
/// The company's own settings for budgets.
pub mod budget_policy;
/// Kinds of expense: the tree that policies, accounts and limits hang on.
pub mod expense_category;
/// Reimbursement of what was spent, from draft to paid.
pub mod expense_claim;
/// The company's own settings for claims: buyers, dates, accounts.
pub mod expense_policy;
/// What a period cost, compiled for management.
pub mod expense_statement;
#[cfg(test)]
mod fixture;
/// Invoices, each reimbursed once in the whole company.
pub mod invoice;
/// What a claim means for the general ledger.
pub mod journal;
/// Money that reached the beneficiary.
pub mod payment;
/// Years, quarters and months.
pub mod period;
/// Where a document stands whose life is its approval.
pub mod review;
mod wording;

/// The code under which the approval chain for expense claims is kept.
pub const CLAIM_CHAIN_CODE: &str = "approval-chain/expense-claim";

/// The approval chain for expense claims as shipped. `[EXP-3]`
pub const SHIPPED_CLAIM_CHAIN: &str = include_str!("finance/shipped/expense_claim_chain.json");

/// The code under which the approval chain for budgets is kept.
pub const BUDGET_CHAIN_CODE: &str = "approval-chain/budget";

/// The approval chain for budgets as shipped: superior department, finance, leadership. `[BUD-3]`
pub const SHIPPED_BUDGET_CHAIN: &str = include_str!("finance/shipped/budget_chain.json");

#[cfg(test)]
mod tests {
    use super::{SHIPPED_BUDGET_CHAIN, SHIPPED_CLAIM_CHAIN};
    use crate::{
        approval::{ChainPolicy, Condition},
        spine::PolicyContent,
    };

    #[test]
    fn the_shipped_chains_of_budgets_are_sound() {
        let chain: ChainPolicy = serde_json::from_str(SHIPPED_BUDGET_CHAIN).expect("it reads");
        assert_eq!(chain.findings(), []);
        assert!(chain.steps.iter().all(|step| step.clause.contains("000 §9")));
    }

    #[test]
    fn the_shipped_chain_is_sound_and_rises_with_the_amount() {
        let chain: ChainPolicy = serde_json::from_str(SHIPPED_CLAIM_CHAIN).expect("it reads");
        assert_eq!(chain.findings(), []);
        let asked = |minor: i64| -> Vec<&str> {
            let applies = |when: &[Condition]| {
                when.iter().all(|c| {
                    matches!(c, Condition::Amount { from, to } if
                    from.is_none_or(|from| from <= minor) && to.is_none_or(|to| minor < to))
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
}
