//! Migration 0138_credit_grant.

diesel::table! {
    use diesel::sql_types::*;
    use crate::spine::{SqlId, SqlInstant};
    credit_grants (id) {
        id -> SqlId,
        number -> Text,
        department_id -> SqlId,
        customer_id -> SqlId,
        kind -> Text,
        limit_minor -> Nullable<BigInt>,
        currency -> Text,
        days -> Nullable<Integer>,
        valid_to -> Nullable<Date>,
        order_id -> Nullable<SqlId>,
        grounds -> Text,
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
    }
}
