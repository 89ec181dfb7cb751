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
mod post_evaluation;

pub(crate) use expense_claim::ItemOutcome;

use crate::spine::Wing;
use domain::finance;

/// What this wing brings.
pub(crate) const WING: &Wing = &Wing {
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
        ("post-evaluations", "后评估。What third parties say about the effect of spending."),
    ],
    events: &[
        finance::budget::BUDGET_EVENTS,
        finance::accounting_period::ACCOUNTING_PERIOD_EVENTS,
        finance::budget_analysis::BUDGET_ANALYSIS_EVENTS,
        finance::budget_change::BUDGET_CHANGE_EVENTS,
        finance::budget_line::BUDGET_LINE_EVENTS,
        finance::audit_finding::AUDIT_FINDING_EVENTS,
        finance::internal_audit::INTERNAL_AUDIT_EVENTS,
        finance::expense_claim::EXPENSE_CLAIM_EVENTS,
        finance::expense_claim::prepare::PREPARE_EVENTS,
        finance::expense_statement::EXPENSE_STATEMENT_EVENTS,
        finance::expense_request::EXPENSE_REQUEST_EVENTS,
        finance::expense_request_amendment::EXPENSE_REQUEST_AMENDMENT_EVENTS,
        finance::cash_advance::CASH_ADVANCE_EVENTS,
        finance::payment::PAYMENT_EVENTS,
        finance::post_evaluation::POST_EVALUATION_EVENTS,
    ],
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
        post_evaluation::routes(into);
    },
};
