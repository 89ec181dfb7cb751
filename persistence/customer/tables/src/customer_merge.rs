//! Migration 0086_customer_merge.

diesel::table! {
    use diesel::sql_types::*;
    use crate::spine::{SqlId, SqlInstant};
    customer_merges (id) {
        id -> SqlId,
        kept_id -> SqlId,
        merged_id -> SqlId,
        taken -> Text,
        reason -> Text,
        merged_by_id -> SqlId,
        merged_at -> SqlInstant,
        undone -> Nullable<Text>,
        version -> BigInt,
    }
}
