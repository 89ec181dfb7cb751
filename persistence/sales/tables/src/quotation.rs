//! Migration 0131_quotation.

diesel::table! {
    use diesel::sql_types::*;
    use crate::spine::{SqlId, SqlInstant};
    quotations (id) {
        id -> SqlId,
        number -> Text,
        customer_id -> SqlId,
        opportunity_id -> Nullable<SqlId>,
        owner_id -> SqlId,
        department_id -> SqlId,
        edition -> Integer,
        subject -> Text,
        region -> Nullable<Text>,
        channel -> Nullable<Text>,
        discount_minor -> BigInt,
        total_minor -> BigInt,
        currency -> Text,
        valid_until -> Date,
        sent_at -> Nullable<SqlInstant>,
        status -> Text,
        status_at -> SqlInstant,
        status_reason -> Nullable<Text>,
        contract_id -> Nullable<SqlId>,
        changed_at -> SqlInstant,
        version -> BigInt,
        search_text -> Text,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::spine::SqlId;
    quotation_lines (quotation_id, place) {
        quotation_id -> SqlId,
        place -> Integer,
        product_id -> SqlId,
        quantity -> BigInt,
        price_minor -> BigInt,
        tax_rate_bp -> Integer,
    }
}
