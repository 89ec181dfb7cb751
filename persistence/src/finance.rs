//! Expense claims, invoices, payments and the journal in the database.

/// The months that close.
pub mod accounting_period;
/// Findings of internal audits.
pub mod audit_finding;
/// Risk signals over the claims as they are.
pub mod audit_risk;
/// Budgets: compiled, approved, activated, closed.
pub mod budget;
/// Analyses of execution, filed for the next budget.
pub mod budget_analysis;
/// Changes of active budgets.
pub mod budget_change;
/// How budgets are executed.
pub mod budget_execution;
/// Budget lines, their ledger, and what documents hold.
pub mod budget_line;
/// Cash advances.
pub mod cash_advance;
/// The tree of categories, as it is shown.
pub mod expense_category;
/// Claims: found, written, shown, listed, handed over.
pub mod expense_claim;
/// Requests: asking before spending.
pub mod expense_request;
/// Amendments of requests.
pub mod expense_request_amendment;
/// What a period cost, compiled for management.
pub mod expense_statement;
/// Internal audits with their samples.
pub mod internal_audit;
/// Who holds an invoice; at most one live claim does.
pub mod invoice;
mod journal;
mod leaver;
mod newest;
mod payment;
mod petition;
/// Post-evaluations by third parties.
pub mod post_evaluation;

use crate::{
    policy::{Shipped, ship},
    spine::{Failure, Tx},
};
use domain::finance::{
    AMENDMENT_CHAIN_CODE, CASH_ADVANCE_CHAIN_CODE, REQUEST_CHAIN_CODE, SHIPPED_CASH_ADVANCE_CHAIN,
    SHIPPED_CLAIM_CHAIN, SHIPPED_REQUEST_CHAIN,
    audit_risk::{AUDIT_RISK_CODE, AuditRisk, SHIPPED_AUDIT_RISK},
    budget_policy::{BUDGET_POLICY_CODE, BudgetPolicy, SHIPPED_BUDGET_POLICY},
    cash_advance_policy::{CASH_ADVANCE_POLICY_CODE, CashAdvancePolicy, SHIPPED_CASH_ADVANCE_POLICY},
    expense_category::{EXPENSE_CATEGORIES_CODE, ExpenseCategories, SHIPPED_EXPENSE_CATEGORIES},
    expense_policy::{EXPENSE_POLICY_CODE, ExpensePolicy, SHIPPED_EXPENSE_POLICY},
    expense_request_policy::{
        EXPENSE_REQUEST_POLICY_CODE, ExpenseRequestPolicy, SHIPPED_EXPENSE_REQUEST_POLICY,
    },
    expense_statement::{SHIPPED_STATEMENT_CHAIN, STATEMENT_CHAIN_CODE},
};

/// Publishes the shipped categories, settings and approval chain of claims. Doing it again changes nothing.
pub fn seed(tx: &mut Tx<'_>) -> Result<(), Failure> {
    ship::<ExpenseCategories>(
        tx,
        Shipped {
            code: EXPENSE_CATEGORIES_CODE,
            title: "营销费用类别",
            content: serde_json::from_str(SHIPPED_EXPENSE_CATEGORIES)?,
            clause: "000 §9.2 三",
        },
    )?;
    ship::<ExpensePolicy>(
        tx,
        Shipped {
            code: EXPENSE_POLICY_CODE,
            title: "费用报销设置",
            content: serde_json::from_str(SHIPPED_EXPENSE_POLICY)?,
            clause: "000 §9.3(5)；003 营销费用审批流程 5",
        },
    )?;
    ship::<AuditRisk>(
        tx,
        Shipped {
            code: AUDIT_RISK_CODE,
            title: "费用审计风险规则",
            content: serde_json::from_str(SHIPPED_AUDIT_RISK)?,
            clause: "000 §9.2 五；§9.3(3)",
        },
    )?;
    ship::<BudgetPolicy>(
        tx,
        Shipped {
            code: BUDGET_POLICY_CODE,
            title: "预算控制设置",
            content: serde_json::from_str(SHIPPED_BUDGET_POLICY)?,
            clause: "000 §9.1(4)；§9.3(5)",
        },
    )?;
    ship::<domain::approval::ChainPolicy>(
        tx,
        Shipped {
            code: STATEMENT_CHAIN_CODE,
            title: "费用报表审批链",
            content: serde_json::from_str(SHIPPED_STATEMENT_CHAIN)?,
            clause: "000 §9.2 四",
        },
    )?;
    ship::<domain::approval::ChainPolicy>(
        tx,
        Shipped {
            code: domain::finance::CLAIM_CHAIN_CODE,
            title: "费用报销审批链",
            content: serde_json::from_str(SHIPPED_CLAIM_CHAIN)?,
            clause: "003 营销费用审批流程；000 §9.3",
        },
    )?;
    seed_budgets(tx)?;
    seed_requests(tx)?;
    seed_advances(tx)
}

/// Publishes the shipped settings and approval chain of cash advances.
fn seed_advances(tx: &mut Tx<'_>) -> Result<(), Failure> {
    ship::<CashAdvancePolicy>(
        tx,
        Shipped {
            code: CASH_ADVANCE_POLICY_CODE,
            title: "借款设置",
            content: serde_json::from_str(SHIPPED_CASH_ADVANCE_POLICY)?,
            clause: "003 营销费用控制与监督；000 §9.3(5)",
        },
    )?;
    ship::<domain::approval::ChainPolicy>(
        tx,
        Shipped {
            code: CASH_ADVANCE_CHAIN_CODE,
            title: "借款审批链",
            content: serde_json::from_str(SHIPPED_CASH_ADVANCE_CHAIN)?,
            clause: "003 营销费用审批流程；000 §9.3",
        },
    )
    .map(drop)
}

/// Publishes the shipped approval chains of budgets, their changes, and of reopening periods.
fn seed_budgets(tx: &mut Tx<'_>) -> Result<(), Failure> {
    ship::<domain::approval::ChainPolicy>(
        tx,
        Shipped {
            code: domain::finance::accounting_period::REOPENING_CHAIN_CODE,
            title: "重新开账审批链",
            content: serde_json::from_str(domain::finance::accounting_period::SHIPPED_REOPENING_CHAIN)?,
            clause: "000 §9.2 五",
        },
    )?;
    use domain::finance as shipped;
    let chains = [
        (
            shipped::BUDGET_CHAIN_CODE,
            "营销预算审批链",
            shipped::SHIPPED_BUDGET_CHAIN,
            "000 §9.1(3)6)；§9.3(1)",
        ),
        (
            shipped::BUDGET_CHANGE_CHAIN_CODE,
            "预算调整审批链",
            shipped::SHIPPED_BUDGET_CHANGE_CHAIN,
            "000 §9.1(4)2)",
        ),
        (
            shipped::EMERGENCY_DRAW_CHAIN_CODE,
            "动用应急资金审批链",
            shipped::SHIPPED_EMERGENCY_DRAW_CHAIN,
            "000 §9.3(4)",
        ),
    ];
    for (code, title, text, clause) in chains {
        let content = serde_json::from_str(text)?;
        ship::<domain::approval::ChainPolicy>(tx, Shipped { code, title, content, clause })?;
    }
    Ok(())
}

/// Publishes the shipped settings and approval chains of requests.
fn seed_requests(tx: &mut Tx<'_>) -> Result<(), Failure> {
    ship::<ExpenseRequestPolicy>(
        tx,
        Shipped {
            code: EXPENSE_REQUEST_POLICY_CODE,
            title: "费用申请设置",
            content: serde_json::from_str(SHIPPED_EXPENSE_REQUEST_POLICY)?,
            clause: "000 §9 费用控制机制；§9.3(2)；003 营销费用审批流程 1",
        },
    )?;
    for (code, title, clause) in [
        (REQUEST_CHAIN_CODE, "费用申请审批链", "003 营销费用审批流程；000 §9.3"),
        (AMENDMENT_CHAIN_CODE, "费用申请变更审批链", "000 §9.3(2)；003 营销费用审批流程"),
    ] {
        let content = serde_json::from_str(SHIPPED_REQUEST_CHAIN)?;
        ship::<domain::approval::ChainPolicy>(tx, Shipped { code, title, content, clause })?;
    }
    Ok(())
}
