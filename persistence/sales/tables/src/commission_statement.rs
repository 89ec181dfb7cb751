//! Migration 0096_commission_statement.

diesel::table! {
    use diesel::sql_types::*;
    use crate::spine::{SqlId, SqlInstant};
    commission_batches (id) {
        id -> SqlId,
        month -> Text,
        part -> Integer,
        statements -> BigInt,
        total_minor -> BigInt,
        taken_by_id -> SqlId,
        taken_at -> SqlInstant,
        status -> Text,
        acknowledged_by_id -> Nullable<SqlId>,
        acknowledged_at -> Nullable<SqlInstant>,
        reference -> Nullable<Text>,
        confirmed_by_id -> Nullable<SqlId>,
        confirmed_at -> Nullable<SqlInstant>,
        version -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::spine::{SqlId, SqlInstant};
    commission_statements (id) {
        id -> SqlId,
        month -> Text,
        employee_id -> SqlId,
        department_id -> SqlId,
        carried_minor -> BigInt,
        fines_minor -> BigInt,
        sum_minor -> BigInt,
        currency -> Text,
        digest -> Text,
        status -> Text,
        objection_until -> Nullable<SqlInstant>,
        objections -> Text,
        approved_by_id -> Nullable<SqlId>,
        batch_id -> Nullable<SqlId>,
        changed_at -> SqlInstant,
        version -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::spine::SqlId;
    commission_statement_lines (statement_id, entry_id) {
        statement_id -> SqlId,
        entry_id -> SqlId,
        sale_id -> SqlId,
        amount_minor -> BigInt,
        is_held -> Bool,
    }
}
