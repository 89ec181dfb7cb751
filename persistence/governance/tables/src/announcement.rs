//! Migration 0047_announcement.

diesel::table! {
    use diesel::sql_types::*;
    use crate::spine::{SqlId, SqlInstant};
    announcements (id) {
        id -> SqlId,
        number -> Text,
        kind -> Text,
        title -> Text,
        publisher_id -> Nullable<SqlId>,
        department_id -> Nullable<SqlId>,
        corrects_id -> Nullable<SqlId>,
        want -> Text,
        answer_by -> Nullable<Date>,
        readers -> BigInt,
        detail -> Text,
        drafted_at -> SqlInstant,
        published_at -> Nullable<SqlInstant>,
        changed_at -> SqlInstant,
        status -> Text,
        status_at -> Nullable<SqlInstant>,
        status_reason -> Nullable<Text>,
        version -> BigInt,
        search_text -> Text,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::spine::{SqlId, SqlInstant};
    announcement_receipts (id) {
        id -> SqlId,
        announcement_id -> SqlId,
        reader_id -> SqlId,
        state -> Text,
        read_at -> Nullable<SqlInstant>,
        answered_at -> Nullable<SqlInstant>,
        answer -> Nullable<Text>,
        remind_at -> Nullable<SqlInstant>,
        reminded_at -> Nullable<SqlInstant>,
        errand -> Nullable<Text>,
        version -> BigInt,
    }
}

diesel::joinable!(announcement_receipts -> announcements (announcement_id));
