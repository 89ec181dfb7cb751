//! Migration 0003_organisation.

diesel::table! {
    use diesel::sql_types::*;
    use crate::spine::SqlId;
    departments (id) {
        id -> SqlId,
        code -> Text,
        name_zh -> Text,
        name_en -> Text,
        parent_id -> Nullable<SqlId>,
        head_id -> Nullable<SqlId>,
        closed_on -> Nullable<Date>,
        version -> BigInt,
        search_text -> Text,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::spine::SqlId;
    positions (id) {
        id -> SqlId,
        code -> Text,
        name_zh -> Text,
        name_en -> Text,
        department_id -> Nullable<SqlId>,
        duties -> Text,
        clause -> Text,
        version -> BigInt,
        search_text -> Text,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::spine::SqlId;
    employees (id) {
        id -> SqlId,
        number -> Text,
        name -> Text,
        joined_on -> Date,
        status -> Text,
        last_day -> Nullable<Date>,
        version -> BigInt,
        search_text -> Text,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::spine::SqlId;
    /// Where somebody works from a day on. Exactly one row of an employee holds on any day: see
    /// [`crate::organisation::holds_on`].
    employee_placements (employee_id, from_on) {
        employee_id -> SqlId,
        from_on -> Date,
        until_on -> Nullable<Date>,
        is_first -> Bool,
        department_id -> SqlId,
        position_id -> Nullable<SqlId>,
        superior_id -> Nullable<SqlId>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::spine::{SqlId, SqlInstant};
    absences (id) {
        id -> SqlId,
        employee_id -> SqlId,
        stand_in_id -> SqlId,
        from_on -> Date,
        until_on -> Date,
        reason -> Text,
        cancelled_at -> Nullable<SqlInstant>,
        version -> BigInt,
    }
}

diesel::joinable!(employee_placements -> departments (department_id));
