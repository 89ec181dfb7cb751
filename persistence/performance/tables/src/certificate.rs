//! Migration 0123_certificate.

diesel::table! {
    use diesel::sql_types::*;
    use crate::spine::{SqlId, SqlInstant};
    certificates (id) {
        id -> SqlId,
        number -> Text,
        employee_id -> Nullable<SqlId>,
        department_id -> SqlId,
        period -> Text,
        incident -> SqlId,
        detail -> Text,
        issued_on -> Date,
        status -> Text,
        changed_at -> SqlInstant,
        version -> BigInt,
        search_text -> Text,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::spine::{SqlId, SqlInstant};
    team_awards (id) {
        id -> SqlId,
        appraisal_period_id -> SqlId,
        department_id -> SqlId,
        place -> BigInt,
        result_hundredths -> BigInt,
        detail -> Text,
        changed_at -> SqlInstant,
        version -> BigInt,
    }
}
