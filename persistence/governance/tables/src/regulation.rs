//! Migration 0060_regulation.

diesel::table! {
    use diesel::sql_types::*;
    use crate::spine::{SqlId, SqlInstant};
    regulations (id) {
        id -> SqlId,
        code -> Text,
        title -> Text,
        department_id -> SqlId,
        interpreter_id -> SqlId,
        scope -> Text,
        shipped_digest -> Nullable<Text>,
        created_at -> SqlInstant,
        changed_at -> SqlInstant,
        version -> BigInt,
        search_text -> Text,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::spine::{SqlId, SqlInstant};
    regulation_versions (id) {
        id -> SqlId,
        number -> Text,
        regulation_id -> SqlId,
        department_id -> SqlId,
        edition -> Integer,
        nature -> Text,
        summary -> Text,
        review_on -> Nullable<Date>,
        digest -> Text,
        published_at -> Nullable<SqlInstant>,
        publisher_id -> Nullable<SqlId>,
        effective_from -> Nullable<Date>,
        superseded_from -> Nullable<Date>,
        repealed_from -> Nullable<Date>,
        repealed_at -> Nullable<SqlInstant>,
        repeal_reason -> Nullable<Text>,
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
    use crate::spine::SqlId;
    regulation_clauses (version_id, code) {
        version_id -> SqlId,
        code -> Text,
        position -> Integer,
        kind -> Text,
        parent -> Nullable<Text>,
        number -> Text,
        text -> Text,
        is_binding -> Bool,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::spine::SqlId;
    regulation_askings (version_id) {
        version_id -> SqlId,
        revision -> BigInt,
        asked_on -> Date,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::spine::{SqlId, SqlInstant};
    regulation_acknowledgements (id) {
        id -> SqlId,
        regulation_id -> SqlId,
        version_id -> SqlId,
        employee_id -> SqlId,
        department_id -> SqlId,
        asked_at -> SqlInstant,
        status -> Text,
        status_at -> Nullable<SqlInstant>,
        edition -> Nullable<Integer>,
        digest -> Nullable<Text>,
        filed_by_id -> Nullable<SqlId>,
        cause -> Nullable<Text>,
        changed_at -> SqlInstant,
        version -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::spine::{SqlId, SqlInstant};
    regulation_suggestions (id) {
        id -> SqlId,
        number -> Text,
        regulation_id -> SqlId,
        department_id -> SqlId,
        clause -> Nullable<Text>,
        text -> Text,
        is_anonymous -> Bool,
        creator_id -> SqlId,
        submitter_id -> SqlId,
        created_at -> SqlInstant,
        changed_at -> SqlInstant,
        status -> Text,
        status_at -> Nullable<SqlInstant>,
        status_reason -> Nullable<Text>,
        draft_id -> Nullable<SqlId>,
        joined_to_id -> Nullable<SqlId>,
        version -> BigInt,
        search_text -> Text,
    }
}

diesel::joinable!(regulation_versions -> regulations (regulation_id));
diesel::joinable!(regulation_acknowledgements -> regulation_versions (version_id));
diesel::joinable!(regulation_suggestions -> regulations (regulation_id));
