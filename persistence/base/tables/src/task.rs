//! Migration 0023_task.

diesel::table! {
    use diesel::sql_types::*;
    use crate::spine::{SqlId, SqlInstant};
    tasks (id) {
        id -> SqlId,
        number -> Text,
        title -> Text,
        giver_id -> SqlId,
        owner_id -> SqlId,
        department_id -> SqlId,
        origin_kind -> Nullable<Text>,
        origin -> Nullable<SqlId>,
        due_on -> Date,
        first_due_on -> Date,
        done_on -> Nullable<Date>,
        status -> Text,
        detail -> Text,
        given_at -> SqlInstant,
        changed_at -> SqlInstant,
        version -> BigInt,
        search_text -> Text,
    }
}
