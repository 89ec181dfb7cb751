//! Migration 0090_product.

diesel::table! {
    use diesel::sql_types::*;
    use crate::spine::{SqlId, SqlInstant};
    products (id) {
        id -> SqlId,
        code -> Text,
        name_zh -> Text,
        name_en -> Text,
        category -> Text,
        unit -> Text,
        decimals -> Integer,
        tax_rate_bp -> Integer,
        sold_from -> Date,
        sold_to -> Nullable<Date>,
        source -> Nullable<Text>,
        external_identity -> Nullable<Text>,
        changed_at -> SqlInstant,
        version -> BigInt,
        search_text -> Text,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::spine::SqlId;
    product_costs (product_id, from_on) {
        product_id -> SqlId,
        from_on -> Date,
        to_on -> Nullable<Date>,
        amount_minor -> BigInt,
        currency -> Text,
    }
}
