//! Migration 0087_conduct_violation.

diesel::table! {
    use diesel::sql_types::*;
    use crate::spine::{SqlId, SqlInstant};
    conduct_violations (id) {
        id -> SqlId,
        employee_id -> SqlId,
        department_id -> SqlId,
        site_id -> SqlId,
        rule -> Text,
        happened_on -> Date,
        account -> Text,
        citation -> Text,
        recorded_by_id -> SqlId,
        recorded_at -> SqlInstant,
        voided -> Nullable<Text>,
        version -> BigInt,
    }
}
