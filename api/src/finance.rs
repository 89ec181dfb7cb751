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

use crate::spine::Routes;

pub(crate) fn routes(into: &mut Routes) {
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
}
