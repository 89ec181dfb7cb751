//! Migration 0002_policy.

diesel::table! {
    use diesel::sql_types::*;
    use crate::spine::{SqlId, SqlInstant};
    policies (id) {
        id -> SqlId,
        code -> Text,
        number -> Integer,
        title -> Text,
        status -> Text,
        effective_from -> Date,
        content -> Text,
        clause -> Text,
        published_by -> Nullable<SqlId>,
        published_at -> Nullable<SqlInstant>,
        version -> BigInt,
        search_text -> Text,
    }
}
