//! What is spent, over HTTP.

mod accounting_period;
mod audit_finding;
mod audit_risk;
mod budget;
mod budget_analysis;
mod budget_change;
mod budget_execution;
mod budget_line;
mod cash_advance;
mod expense_category;
mod expense_claim;
mod expense_request;
mod expense_request_amendment;
mod expense_statement;
mod internal_audit;
mod invoice;
mod own_company;
mod payee_account;
mod post_evaluation;

pub use api_base::{approval, spine};
pub use api_spine::routes;

use spine::Wing;

// One name inside and outside.
extern crate self as finance;

/// What this wing brings.
pub const WING: &Wing = &Wing {
    name: "finance",
    zh: "预算与费用",
    en: "Budgets and expenses",
    tags: &[
        ("accounting-periods", "会计期间。Months close, and open again by approval."),
        ("budgets", "预算。Planned, approved, spent; every movement is an entry."),
        ("cash-advances", "借款。Money before it is spent, settled by claims or paid back."),
        ("expense-claims", "报销。From draft to paid."),
        ("expense-requests", "费用申请。Asking before spending, and amending what was approved."),
        ("expense-statements", "营销费用报表。What a period cost, frozen when management approved it."),
        ("internal-audits", "内部审计。Samples, risk signals, findings and how they are mended."),
        ("payee-accounts", "收款账户。Where the company pays to, sealed, and what is to be paid."),
        ("post-evaluations", "后评估。What third parties say about the effect of spending."),
    ],
    rules: domain::WING,
    enums: &[],
    chores: &[],
    routes: |into| {
        budget::routes(into);
        budget_analysis::routes(into);
        budget_change::routes(into);
        budget_execution::routes(into);
        budget_line::routes(into);
        accounting_period::routes(into);
        cash_advance::routes(into);
        expense_category::routes(into);
        expense_claim::routes(into);
        expense_statement::routes(into);
        expense_request::routes(into);
        expense_request_amendment::routes(into);
        audit_finding::routes(into);
        audit_risk::routes(into);
        internal_audit::routes(into);
        invoice::routes(into);
        own_company::routes(into);
        payee_account::routes(into);
        post_evaluation::routes(into);
    },
};
