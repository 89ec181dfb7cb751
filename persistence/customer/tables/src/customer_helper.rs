//! Migration 0085_customer_helper.

diesel::table! {
    use diesel::sql_types::*;
    use crate::spine::{SqlId, SqlInstant};
    customer_helpers (id) {
        id -> SqlId,
        customer_id -> SqlId,
        employee_id -> SqlId,
        access -> Text,
        until_on -> Date,
        granted_by_id -> SqlId,
        granted_at -> SqlInstant,
        ended_at -> Nullable<SqlInstant>,
        live -> Nullable<Text>,
        version -> BigInt,
    }
}
