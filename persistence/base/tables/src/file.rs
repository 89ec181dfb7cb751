//! Migrations 0005_file, 0040_file_room.

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
        free_since -> Nullable<SqlInstant>,
        removed_at -> Nullable<SqlInstant>,
    }
}
