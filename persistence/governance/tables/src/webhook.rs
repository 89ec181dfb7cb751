//! Migration 0048_webhook.

diesel::table! {
    use diesel::sql_types::*;
    use crate::spine::{SqlId, SqlInstant};
    webhook_endpoints (id) {
        id -> SqlId,
        name -> Text,
        owner_id -> SqlId,
        url -> Text,
        kinds -> Text,
        is_ordered -> Bool,
        secret -> Text,
        previous_secret -> Nullable<Text>,
        previous_until -> Nullable<SqlInstant>,
        status -> Text,
        disabled_at -> Nullable<SqlInstant>,
        disabled_by -> Nullable<Text>,
        made_at -> SqlInstant,
        changed_at -> SqlInstant,
        version -> BigInt,
        search_text -> Text,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::spine::{SqlId, SqlInstant};
    webhook_cursors (endpoint_id) {
        endpoint_id -> SqlId,
        position -> BigInt,
        fence -> BigInt,
        lease_until -> Nullable<SqlInstant>,
        succeeded -> BigInt,
        succeeded_at -> Nullable<SqlInstant>,
        failing_since -> Nullable<SqlInstant>,
        told_at -> Nullable<SqlInstant>,
        slow_until -> Nullable<SqlInstant>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::spine::{SqlId, SqlInstant};
    webhook_retries (endpoint_id, sequence) {
        endpoint_id -> SqlId,
        sequence -> BigInt,
        failures -> BigInt,
        next_at -> SqlInstant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::spine::{SqlId, SqlInstant};
    webhook_attempts (id) {
        id -> SqlId,
        endpoint_id -> SqlId,
        message -> Text,
        sequence -> Nullable<BigInt>,
        kind -> Text,
        number -> BigInt,
        at -> SqlInstant,
        milliseconds -> BigInt,
        outcome -> Text,
        status -> Nullable<Integer>,
        error -> Nullable<Text>,
        answer -> Text,
    }
}

diesel::joinable!(webhook_cursors -> webhook_endpoints (endpoint_id));
