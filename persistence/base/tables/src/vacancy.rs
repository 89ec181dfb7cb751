//! Migration 0020_vacancy.

use crate::positions;

diesel::table! {
    use diesel::sql_types::*;
    use crate::spine::{SqlId, SqlInstant};
    vacancies (id) {
        id -> SqlId,
        number -> Text,
        department_id -> SqlId,
        position_id -> SqlId,
        places -> BigInt,
        taken -> BigInt,
        replaces_id -> Nullable<SqlId>,
        needed_by -> Date,
        profile -> Text,
        opened_on -> Nullable<Date>,
        opened_at -> Nullable<SqlInstant>,
        expires_on -> Nullable<Date>,
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
        search_text -> Text,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::spine::{SqlId, SqlInstant};
    vacancy_places (vacancy_id, number) {
        vacancy_id -> SqlId,
        number -> Integer,
        employee_id -> SqlId,
        from_on -> Date,
        at -> SqlInstant,
        freed_at -> Nullable<SqlInstant>,
    }
}

diesel::joinable!(vacancies -> positions (position_id));
