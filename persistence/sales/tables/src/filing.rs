//! Migration 0099_filing.

diesel::table! {
    use diesel::sql_types::*;
    use crate::spine::{SqlId, SqlInstant};
    filings (id) {
        id -> SqlId,
        number -> Text,
        customer_id -> SqlId,
        customer_key -> Text,
        product_line -> Text,
        filer_id -> SqlId,
        department_id -> SqlId,
        site -> Nullable<Text>,
        estimate_minor -> BigInt,
        currency -> Text,
        expected_on -> Date,
        grounds -> Text,
        evidence -> Text,
        created_at -> SqlInstant,
        changed_at -> SqlInstant,
        status -> Text,
        status_at -> Nullable<SqlInstant>,
        status_reason -> Nullable<Text>,
        protected_until -> Nullable<Date>,
        is_extended -> Bool,
        extension_reason -> Nullable<Text>,
        progressed_on -> Nullable<Date>,
        idle_days -> Nullable<Integer>,
        lapses_on -> Nullable<Date>,
        against_id -> Nullable<SqlId>,
        decided_by_id -> Nullable<SqlId>,
        version -> BigInt,
        search_text -> Text,
    }
}
