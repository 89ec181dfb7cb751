//! Migration 0122_scheme_review.

diesel::table! {
    use diesel::sql_types::*;
    use crate::spine::{SqlId, SqlInstant};
    scheme_reviews (id) {
        id -> SqlId,
        scheme -> Text,
        first_on -> Date,
        last_on -> Date,
        sheets -> BigInt,
        detail -> Text,
        made_by_id -> SqlId,
        made_at -> SqlInstant,
        changed_at -> SqlInstant,
        version -> BigInt,
    }
}
