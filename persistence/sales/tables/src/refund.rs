//! Migration 0097_refund.

diesel::table! {
    use diesel::sql_types::*;
    use crate::spine::{SqlId, SqlInstant};
    refunds (id) {
        id -> SqlId,
        number -> Text,
        department_id -> SqlId,
        contract_id -> Nullable<SqlId>,
        order_id -> Nullable<SqlId>,
        amount_minor -> BigInt,
        currency -> Text,
        grounds -> Text,
        paid_at -> Nullable<SqlInstant>,
        paid_by_id -> Nullable<SqlId>,
        reference -> Nullable<Text>,
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
