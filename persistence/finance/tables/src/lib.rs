//! The tables of finance.
#![allow(clippy::wildcard_imports, missing_docs)]

mod budget;
mod budget_change;
mod cash_advance;
mod expense_request;
mod expense_statement;
mod finance;
mod internal_audit;
mod payee_account;
mod post_evaluation;

pub use budget::*;
pub use budget_change::*;
pub use cash_advance::*;
pub use expense_request::*;
pub use expense_statement::*;
pub use finance::*;
pub use internal_audit::*;
pub use payee_account::*;
pub use persistence_base_tables::*;
pub use post_evaluation::*;

use persistence_spine_tables as spine;

spine::together!(
    accounting_periods,
    audit_findings,
    budget_analyses,
    budget_changes,
    budget_entries,
    budget_uses,
    budget_holdings,
    budget_lines,
    cash_advance_movements,
    cash_advance_reversals,
    cash_advances,
    budgets,
    expense_claim_advances,
    expense_claim_hand_overs,
    expense_claim_lines,
    expense_claim_mirrors,
    expense_claim_payees,
    expense_claim_reversals,
    expense_claims,
    expense_payment_returns,
    expense_payments,
    expense_statements,
    expense_request_amendments,
    expense_request_draws,
    expense_request_lines,
    expense_request_revisions,
    expense_requests,
    held_invoices,
    internal_audit_items,
    internal_audits,
    invoice_holds,
    invoices,
    journal_entries,
    journal_postings,
    payee_accounts,
    post_evaluations,
    removed_invoices,
);
spine::beside!(
    accounting_periods,
    audit_findings,
    budget_analyses,
    budget_changes,
    budget_entries,
    budget_uses,
    budget_holdings,
    budget_lines,
    cash_advance_movements,
    cash_advance_reversals,
    cash_advances,
    budgets,
    expense_claim_advances,
    expense_claim_hand_overs,
    expense_claim_lines,
    expense_claim_mirrors,
    expense_claim_payees,
    expense_claim_reversals,
    expense_claims,
    expense_payment_returns,
    expense_payments,
    expense_statements,
    expense_request_amendments,
    expense_request_draws,
    expense_request_lines,
    expense_request_revisions,
    expense_requests,
    held_invoices,
    internal_audit_items,
    internal_audits,
    invoice_holds,
    invoices,
    journal_entries,
    journal_postings,
    payee_accounts,
    post_evaluations,
    removed_invoices;
    (approvals, departments, document_readers, employee_placements, employees, files, users)
);
