//! Migration 0005_file.

diesel::table! {
    use diesel::sql_types::*;
    use crate::spine::{SqlId, SqlInstant};
    files (id) {
        id -> SqlId,
        name -> Text,
        file_type -> Text,
        size -> BigInt,
        sha256 -> Text,
        uploaded_by -> SqlId,
        uploaded_at -> SqlInstant,
        document_kind -> Nullable<Text>,
        document -> Nullable<SqlId>,
        attached_at -> Nullable<SqlInstant>,
        version -> BigInt,
    }
}
