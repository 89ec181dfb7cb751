//! Migrations 0007_budget, 0009_budget_analysis, 0010_accounting_period.

use super::departments;

diesel::table! {
    use diesel::sql_types::*;
    use crate::spine::{SqlId, SqlInstant};
    budgets (id) {
        id -> SqlId,
        number -> Text,
        title -> Text,
        fiscal_year -> Integer,
        scope -> Text,
        department_id -> SqlId,
        region -> Nullable<Text>,
        campaign -> Nullable<Text>,
        currency -> Text,
        total_minor -> BigInt,
        content -> Text,
        copied_from_id -> Nullable<SqlId>,
        creator_id -> SqlId,
        creator_employee_id -> Nullable<SqlId>,
        submitter_id -> SqlId,
        created_at -> SqlInstant,
        changed_at -> SqlInstant,
        status -> Text,
        status_at -> Nullable<SqlInstant>,
        status_reason -> Nullable<Text>,
        approval_id -> Nullable<SqlId>,
        version -> BigInt,
        search_text -> Text,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::spine::SqlId;
    budget_lines (id) {
        id -> SqlId,
        budget_id -> SqlId,
        department_id -> SqlId,
        category -> Text,
        period -> Text,
        fiscal_year -> Integer,
        first_day -> Date,
        last_day -> Date,
        campaign -> Nullable<Text>,
        region -> Nullable<Text>,
        purpose -> Text,
        control -> Text,
        currency -> Text,
        allocated_minor -> BigInt,
        beyond_minor -> BigInt,
        reserved_minor -> BigInt,
        committed_minor -> BigInt,
        spent_minor -> BigInt,
        entries -> BigInt,
        is_open -> Bool,
        run_rate_month -> Nullable<Text>,
        version -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::spine::{SqlId, SqlInstant};
    budget_entries (line_id, position) {
        line_id -> SqlId,
        position -> BigInt,
        kind -> Text,
        allocated_minor -> BigInt,
        beyond_minor -> BigInt,
        reserved_minor -> BigInt,
        committed_minor -> BigInt,
        spent_minor -> BigInt,
        after_allocated_minor -> BigInt,
        after_beyond_minor -> BigInt,
        after_reserved_minor -> BigInt,
        after_committed_minor -> BigInt,
        after_spent_minor -> BigInt,
        document_kind -> Nullable<Text>,
        document -> Nullable<SqlId>,
        document_line -> Nullable<Integer>,
        month -> Text,
        reason -> Nullable<Text>,
        employee_id -> Nullable<SqlId>,
        entered_at -> SqlInstant,
        entered_by_id -> SqlId,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::spine::SqlId;
    budget_uses (line_id, employee_id) {
        line_id -> SqlId,
        employee_id -> SqlId,
        reserved_minor -> BigInt,
        committed_minor -> BigInt,
        spent_minor -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::spine::SqlId;
    budget_holdings (document_kind, document, document_line) {
        document_kind -> Text,
        document -> SqlId,
        document_line -> Integer,
        line_id -> SqlId,
        source_kind -> Nullable<Text>,
        source -> Nullable<SqlId>,
        source_line -> Nullable<Integer>,
        reserved_minor -> BigInt,
        over_minor -> BigInt,
        committed_minor -> BigInt,
        drawn_minor -> BigInt,
        spent_minor -> BigInt,
        granted_minor -> BigInt,
        is_closed -> Bool,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::spine::{SqlId, SqlInstant};
    accounting_periods (id) {
        id -> SqlId,
        month -> Text,
        status -> Text,
        status_at -> SqlInstant,
        changed_by_id -> SqlId,
        reason -> Nullable<Text>,
        requester_id -> Nullable<SqlId>,
        approval_id -> Nullable<SqlId>,
        reopened_until -> Nullable<SqlInstant>,
        version -> BigInt,
    }
}

diesel::joinable!(budget_lines -> budgets (budget_id));
diesel::joinable!(budget_lines -> departments (department_id));
diesel::joinable!(budget_entries -> budget_lines (line_id));
diesel::joinable!(budget_holdings -> budget_lines (line_id));
diesel::joinable!(budget_uses -> budget_lines (line_id));
