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
/// What finance brings to indicators.
mod measure;

mod open_matter;
/// The company itself, as invoices name it.
pub mod own_company;
/// Bank accounts of payees, and what is to be paid to them.
pub mod payee_account;
mod payment;
/// Post-evaluations by third parties.
pub mod post_evaluation;

mod shared;

pub(crate) use persistence_base::{Seed, search};
pub use persistence_base::{
    approval, audit, duty, file, identity, organisation, policy, policy_replay, separation_policy, setup,
    spine, task, vacancy,
};

use persistence_finance_tables as schema;
use spine::{Part, Wing};

// One name inside and outside.
pub extern crate self as finance;

/// This wing as the keeper of its entities.
pub struct Finance;

/// What this wing brings.
pub const WING: &Wing = &Wing {
    name: "finance",
    nouns: &[
        shared::IN_ORDER,
        ROUTING,
        accounting_period::NOUN,
        audit_finding::NOUN,
        audit_risk::NOUN,
        budget::NOUN,
        budget_analysis::NOUN,
        budget_change::NOUN,
        cash_advance::NOUN,
        expense_category::NOUN,
        expense_claim::NOUN,
        expense_request::NOUN,
        expense_request_amendment::NOUN,
        expense_statement::NOUN,
        invoice::NOUN,
        measure::NOUN,
        open_matter::NOUN,
        payee_account::NOUN,
        post_evaluation::NOUN,
    ],
};

/// By what the documents of finance let their chains route.
const ROUTING: &[Part] = &[&approval::Routing(domain::finance::routing::routed_fields)];
