//! Migration 0121_appraisal.

diesel::table! {
    use diesel::sql_types::*;
    use crate::spine::{SqlId, SqlInstant};
    appraisal_periods (id) {
        id -> SqlId,
        period -> Text,
        first_on -> Date,
        last_on -> Date,
        stage -> Text,
        due_on -> Nullable<Date>,
        pass -> Nullable<Text>,
        detail -> Text,
        changed_at -> SqlInstant,
        version -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::spine::{SqlId, SqlInstant};
    appraisals (id) {
        id -> SqlId,
        appraisal_period_id -> SqlId,
        employee_id -> SqlId,
        department_id -> SqlId,
        scheme_id -> Nullable<SqlId>,
        revision -> Integer,
        status -> Text,
        result_hundredths -> BigInt,
        grade -> Nullable<Text>,
        is_objected -> Bool,
        preceding_id -> Nullable<SqlId>,
        detail -> Text,
        changed_at -> SqlInstant,
        version -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::spine::{SqlId, SqlInstant};
    appraisal_reviews (id) {
        id -> SqlId,
        appraisal_id -> SqlId,
        appraisal_period_id -> SqlId,
        employee_id -> SqlId,
        reviewer_id -> SqlId,
        kind -> Text,
        days -> Integer,
        score -> Nullable<Text>,
        comment -> Nullable<Text>,
        given_at -> Nullable<SqlInstant>,
        version -> BigInt,
    }
}

diesel::joinable!(appraisals -> appraisal_periods (appraisal_period_id));
diesel::joinable!(appraisal_reviews -> appraisal_periods (appraisal_period_id));
