//! Migration 0157_notice_preference.

diesel::table! {
    use diesel::sql_types::*;
    use crate::spine::SqlId;
    notice_preferences (id) {
        id -> SqlId,
        employee_id -> SqlId,
        muted -> Text,
        version -> BigInt,
    }
}
