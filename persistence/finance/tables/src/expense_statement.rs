//! Migration 0017_expense_statement.

use super::departments;

diesel::table! {
    use diesel::sql_types::*;
    use crate::spine::{SqlId, SqlInstant};
    expense_statements (id) {
        id -> SqlId,
        number -> Text,
        period -> Text,
        department_id -> SqlId,
        currency -> Text,
        creator_id -> SqlId,
        compiler_id -> SqlId,
        created_at -> SqlInstant,
        remarks -> Nullable<Text>,
        advice -> Nullable<Text>,
        figures -> Text,
        status -> Text,
        status_at -> Nullable<SqlInstant>,
        status_reason -> Nullable<Text>,
        approval_id -> Nullable<SqlId>,
        version -> BigInt,
        replaces_id -> Nullable<SqlId>,
        replaced_by_id -> Nullable<SqlId>,
        changed_at -> SqlInstant,
        search_text -> Text,
    }
}

diesel::joinable!(expense_statements -> departments (department_id));
diesel::allow_columns_to_appear_in_same_group_by_clause!(
    super::journal_postings::role,
    super::expense_claim_lines::category,
    super::expense_claim_lines::cost_centre_id,
    super::expense_claims::campaign,
    super::expense_claims::region,
);
