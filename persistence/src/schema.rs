//! One schema for both engines; see `spine::column` for the types of ours. A section per context, in the
//! order of the migrations.
#![allow(clippy::wildcard_imports, missing_docs)]

mod approval;
mod budget;
mod budget_change;
mod cash_advance;
mod expense_request;
mod expense_statement;
mod file;
mod finance;
mod identity;
mod internal_audit;
mod organisation;
mod post_evaluation;
mod spine;

pub use approval::*;
pub use budget::*;
pub use budget_change::*;
pub use cash_advance::*;
pub use expense_request::*;
pub use expense_statement::*;
pub use file::*;
pub use finance::*;
pub use identity::*;
pub use internal_audit::*;
pub use organisation::*;
pub use post_evaluation::*;
pub use spine::*;

diesel::allow_tables_to_appear_in_same_query!(access_epoch, idempotency_keys);

diesel::allow_tables_to_appear_in_same_query!(
    absences,
    accounting_periods,
    api_keys,
    approval_boxes,
    approval_copies,
    approval_history,
    approval_tasks,
    approvals,
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
    departments,
    document_readers,
    employee_placements,
    employees,
    expense_claim_advances,
    expense_claim_hand_overs,
    expense_claim_lines,
    expense_claim_mirrors,
    expense_claim_reversals,
    expense_claims,
    expense_payments,
    expense_statements,
    files,
    expense_request_amendments,
    expense_request_draws,
    expense_request_lines,
    expense_request_revisions,
    expense_requests,
    grants,
    internal_audit_items,
    internal_audits,
    invoice_holds,
    invoices,
    journal_entries,
    journal_postings,
    positions,
    post_evaluations,
    refresh_tokens,
    role_permissions,
    removed_invoices,
    roles,
    sessions,
    users,
);
