//! Migration 0093_counted_figure.

diesel::table! {
    use diesel::sql_types::*;
    use crate::spine::SqlId;
    counted_figures (id) {
        id -> SqlId,
        kind -> Text,
        subject -> SqlId,
        counted -> BigInt,
        ceiling -> BigInt,
        control -> Text,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::spine::{SqlId, SqlInstant};
    counted_entries (figure_id, source) {
        figure_id -> SqlId,
        source -> SqlId,
        amount -> BigInt,
        at -> SqlInstant,
    }
}
