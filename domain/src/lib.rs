//! The business of a marketing centre, as rules. This list is its table of contents.
//!
//! Nothing here knows a clock, a database, a network or chance: time, actor, ids and policy are
//! parameters. A transition takes the old state and returns a [`spine::Change`] or a [`spine::Refusal`].
#![warn(missing_docs)]

/// Who must agree to a document: chains, plans, tasks, decisions. Knows no document.
pub mod approval;
/// Attachments as evidence.
pub mod file;
/// What the centre spends: claims, invoices, categories, the journal, payments.
pub mod finance;
/// Accounts, passwords, sessions, API keys, roles and grants.
pub mod identity;
/// Departments, positions, employees, absences.
pub mod organisation;
/// What every context hangs on: ids, money, time, actors, changes, refusals, policies, explanations.
pub mod spine;

/// Every refusal the rules can answer with, context by context.
pub fn refusals() -> impl Iterator<Item = &'static spine::RefusalCode> {
    [
        spine::SPINE_REFUSALS,
        spine::POLICY_REFUSALS,
        spine::AUDIT_REFUSALS,
        spine::import::IMPORT_REFUSALS,
        file::FILE_REFUSALS,
        approval::APPROVAL_REFUSALS,
        finance::budget::BUDGET_REFUSALS,
        finance::accounting_period::ACCOUNTING_PERIOD_REFUSALS,
        finance::budget_analysis::BUDGET_ANALYSIS_REFUSALS,
        finance::budget_change::BUDGET_CHANGE_REFUSALS,
        finance::budget_line::BUDGET_LINE_REFUSALS,
        finance::audit_finding::AUDIT_FINDING_REFUSALS,
        finance::audit_risk::AUDIT_RISK_REFUSALS,
        finance::internal_audit::INTERNAL_AUDIT_REFUSALS,
        finance::expense_category::EXPENSE_CATEGORY_REFUSALS,
        finance::invoice::INVOICE_REFUSALS,
        finance::expense_claim::EXPENSE_CLAIM_REFUSALS,
        finance::petition::PETITION_REFUSALS,
        finance::expense_request::EXPENSE_REQUEST_REFUSALS,
        finance::procurement::PROCUREMENT_REFUSALS,
        finance::expense_request::draw::EXPENSE_REQUEST_DRAW_REFUSALS,
        finance::expense_request_amendment::EXPENSE_REQUEST_AMENDMENT_REFUSALS,
        finance::expense_claim::hand_over::HAND_OVER_REFUSALS,
        finance::expense_claim::advertisement::ADVERTISEMENT_REFUSALS,
        finance::expense_claim::request::EXPENSE_CLAIM_REQUEST_REFUSALS,
        finance::expense_claim::prepare::PREPARE_REFUSALS,
        finance::expense_claim::advance::CLAIM_ADVANCE_REFUSALS,
        finance::cash_advance::CASH_ADVANCE_REFUSALS,
        finance::cash_advance::reversal::CASH_ADVANCE_REVERSAL_REFUSALS,
        finance::expense_statement::EXPENSE_STATEMENT_REFUSALS,
        finance::expense_statement::correction::STATEMENT_CORRECTION_REFUSALS,
        finance::journal::JOURNAL_REFUSALS,
        finance::payment::PAYMENT_REFUSALS,
        finance::post_evaluation::POST_EVALUATION_REFUSALS,
        organisation::ORGANISATION_REFUSALS,
        organisation::working_calendar::WORKING_CALENDAR_REFUSALS,
        identity::IDENTITY_REFUSALS,
    ]
    .into_iter()
    .flatten()
    .copied()
}

/// Every event the feed can carry, context by context.
pub fn events() -> impl Iterator<Item = &'static spine::EventKind> {
    [
        spine::AUDIT_EVENTS,
        spine::POLICY_EVENTS,
        file::FILE_EVENTS,
        organisation::ORGANISATION_EVENTS,
        identity::IDENTITY_EVENTS,
        approval::APPROVAL_EVENTS,
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
    ]
    .into_iter()
    .flatten()
    .copied()
}

/// The labels of every enum of the rules that clients see, context by context.
pub fn enums() -> impl Iterator<Item = &'static spine::EnumLabels> {
    [
        spine::Currency::LABELS,
        spine::Permission::LABELS,
        spine::PolicyAction::LABELS,
        spine::PolicyStatus::LABELS,
        spine::ScopeKind::LABELS,
        file::FileType::LABELS,
        identity::AccountAction::LABELS,
        identity::AccountKind::LABELS,
        identity::RoleAction::LABELS,
        organisation::DepartmentAction::LABELS,
        organisation::EmployeeAction::LABELS,
        organisation::EmployeeState::LABELS,
        approval::Action::LABELS,
        approval::CloseReason::LABELS,
        approval::Counting::LABELS,
        approval::Decision::LABELS,
        approval::EntryKind::LABELS,
        approval::Fate::LABELS,
        approval::Origin::LABELS,
        approval::Placement::LABELS,
        approval::StepReason::LABELS,
    ]
    .into_iter()
    .chain(finance::enums())
}
