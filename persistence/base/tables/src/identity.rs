//! Migration 0004_identity.

diesel::table! {
    use diesel::sql_types::*;
    use crate::spine::{SqlId, SqlInstant};
    users (id) {
        id -> SqlId,
        username -> Text,
        kind -> Text,
        name -> Text,
        employee_id -> Nullable<SqlId>,
        disabled_at -> Nullable<SqlInstant>,
        password_hash -> Nullable<Text>,
        must_change_password -> Bool,
        password_changed_at -> Nullable<SqlInstant>,
        version -> BigInt,
        search_text -> Text,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::spine::SqlId;
    roles (id) {
        id -> SqlId,
        code -> Text,
        name_zh -> Text,
        name_en -> Text,
        is_built_in -> Bool,
        is_retired -> Bool,
        version -> BigInt,
        search_text -> Text,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::spine::SqlId;
    role_permissions (role_id, permission) { role_id -> SqlId, permission -> Text, }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::spine::{SqlId, SqlInstant};
    grants (id) {
        id -> SqlId,
        user_id -> SqlId,
        role_id -> SqlId,
        scope -> Text,
        department_id -> Nullable<SqlId>,
        from_on -> Date,
        until_on -> Nullable<Date>,
        ended_at -> Nullable<SqlInstant>,
        version -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::spine::{SqlId, SqlInstant};
    sessions (id) {
        id -> SqlId,
        user_id -> SqlId,
        started_at -> SqlInstant,
        refreshed_at -> SqlInstant,
        expires_at -> SqlInstant,
        address -> Text,
        agent -> Text,
        generation -> Integer,
        token_hash -> Binary,
        token_sealed -> Nullable<Binary>,
        ended_at -> Nullable<SqlInstant>,
        end_reason -> Nullable<Text>,
        version -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::spine::SqlId;
    refresh_tokens (hash) { hash -> Binary, session_id -> SqlId, generation -> Integer, }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::spine::{SqlId, SqlInstant};
    api_keys (id) {
        id -> SqlId,
        user_id -> SqlId,
        name -> Text,
        prefix -> Text,
        hash -> Binary,
        scopes -> Text,
        issued_at -> SqlInstant,
        expires_at -> Nullable<SqlInstant>,
        revoked_at -> Nullable<SqlInstant>,
        replaces_id -> Nullable<SqlId>,
        last_used_at -> Nullable<SqlInstant>,
        version -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::spine::{SqlId, SqlInstant};
    signing_keys (id) {
        id -> SqlId,
        public_key -> Text,
        private_key -> Text,
        made_at -> SqlInstant,
        accepted_until -> Nullable<SqlInstant>,
        version -> BigInt,
    }
}

diesel::joinable!(grants -> roles (role_id));
diesel::joinable!(grants -> users (user_id));
diesel::joinable!(role_permissions -> roles (role_id));

diesel::table! {
    use diesel::sql_types::*;
    use crate::spine::{SqlId, SqlInstant};
    activations (id) {
        id -> SqlId,
        user_id -> SqlId,
        code_hash -> Binary,
        issued_at -> SqlInstant,
        used_at -> Nullable<SqlInstant>,
        version -> BigInt,
    }
}
