//! Migration 0073_customer_consent.

diesel::table! {
    use diesel::sql_types::*;
    use crate::spine::{SqlId, SqlInstant};
    customer_consents (id) {
        id -> SqlId,
        customer_id -> SqlId,
        purpose -> Text,
        means -> Text,
        given_at -> SqlInstant,
        note -> Nullable<Text>,
        recorded_by_id -> SqlId,
        withdrawn_at -> Nullable<SqlInstant>,
        version -> BigInt,
    }
}
