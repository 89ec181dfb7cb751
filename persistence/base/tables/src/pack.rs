//! Migration 0156_pack.

diesel::table! {
    use diesel::sql_types::*;
    use crate::spine::{SqlId, SqlInstant};
    loaded_packs (id) {
        id -> SqlId,
        code -> Text,
        edition -> Text,
        written -> Text,
        loaded_at -> SqlInstant,
        version -> BigInt,
    }
}
