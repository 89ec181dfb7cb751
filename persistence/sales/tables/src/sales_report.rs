//! Migration 0132_sales_report.

diesel::table! {
    use diesel::sql_types::*;
    use crate::spine::{SqlId, SqlInstant};
    sales_reports (id) {
        id -> SqlId,
        employee_id -> SqlId,
        department_id -> SqlId,
        span -> Text,
        period -> Text,
        figures -> Text,
        comment -> Nullable<Text>,
        status -> Text,
        compiled_at -> SqlInstant,
        submitted_at -> Nullable<SqlInstant>,
        changed_at -> SqlInstant,
        version -> BigInt,
    }
}
