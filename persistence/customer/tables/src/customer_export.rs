//! Migration 0076_customer_export.

diesel::table! {
    use diesel::sql_types::*;
    use crate::spine::{SqlId, SqlInstant};
    customer_exports (id) {
        id -> SqlId,
        number -> Text,
        department_id -> SqlId,
        list -> Text,
        row_limit -> BigInt,
        until_on -> Date,
        reason -> Text,
        creator_id -> SqlId,
        creator_employee_id -> Nullable<SqlId>,
        submitter_id -> SqlId,
        created_at -> SqlInstant,
        status -> Text,
        status_at -> Nullable<SqlInstant>,
        status_reason -> Nullable<Text>,
        approval_id -> Nullable<SqlId>,
        version -> BigInt,
    }
}
