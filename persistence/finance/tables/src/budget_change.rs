//! Migration 0008_budget_change.

diesel::table! {
    use diesel::sql_types::*;
    use crate::spine::{SqlId, SqlInstant};
    budget_changes (id) {
        id -> SqlId,
        number -> Text,
        kind -> Text,
        fiscal_year -> Integer,
        department_id -> SqlId,
        reason -> Text,
        event -> Nullable<Text>,
        event_on -> Nullable<Date>,
        movements -> Text,
        currency -> Text,
        total_minor -> BigInt,
        creator_id -> SqlId,
        submitter_id -> SqlId,
        created_at -> SqlInstant,
        changed_at -> SqlInstant,
        status -> Text,
        status_at -> Nullable<SqlInstant>,
        status_reason -> Nullable<Text>,
        approval_id -> Nullable<SqlId>,
        gives_back_id -> Nullable<SqlId>,
        version -> BigInt,
        search_text -> Text,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::spine::{SqlId, SqlInstant};
    budget_analyses (id) {
        id -> SqlId,
        title -> Text,
        period -> Text,
        fiscal_year -> Integer,
        department_id -> Nullable<SqlId>,
        body -> Text,
        conclusions -> Text,
        figures -> Text,
        currency -> Text,
        author_id -> SqlId,
        filed_by_id -> SqlId,
        filed_at -> SqlInstant,
        version -> BigInt,
        search_text -> Text,
    }
}
