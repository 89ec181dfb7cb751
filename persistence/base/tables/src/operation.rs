//! Migration 0150_operation.

diesel::table! {
    use diesel::sql_types::*;
    use crate::spine::{SqlId, SqlInstant};
    operations (id) {
        id -> SqlId,
        kind -> Text,
        title -> Text,
        asker_id -> SqlId,
        api_key_id -> Nullable<SqlId>,
        asked -> Text,
        status -> Text,
        place -> Nullable<BigInt>,
        done -> BigInt,
        total -> Nullable<BigInt>,
        is_cancelling -> Bool,
        attempts -> BigInt,
        detail -> Text,
        asked_at -> SqlInstant,
        changed_at -> SqlInstant,
        ended_at -> Nullable<SqlInstant>,
        version -> BigInt,
        search_text -> Text,
        fence -> BigInt,
        lease_until -> Nullable<SqlInstant>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::spine::SqlId;
    operation_pieces (operation_id, part, number) {
        operation_id -> SqlId,
        part -> Text,
        number -> BigInt,
        body -> Binary,
    }
}
