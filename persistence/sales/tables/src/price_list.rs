//! Migration 0091_price_list.

use crate::products;

diesel::table! {
    use diesel::sql_types::*;
    use crate::spine::{SqlId, SqlInstant};
    price_lists (id) {
        id -> SqlId,
        name -> Text,
        currency -> Text,
        changed_at -> SqlInstant,
        version -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::spine::SqlId;
    prices (id) {
        id -> SqlId,
        price_list_id -> SqlId,
        product_id -> SqlId,
        customer_id -> Nullable<SqlId>,
        channel -> Nullable<Text>,
        tier -> Nullable<Text>,
        region -> Nullable<Text>,
        from_quantity -> BigInt,
        below_quantity -> Nullable<BigInt>,
        valid_from -> Date,
        valid_before -> Nullable<Date>,
        price_minor -> BigInt,
        floor_minor -> Nullable<BigInt>,
        from_version -> BigInt,
        before_version -> Nullable<BigInt>,
    }
}

diesel::joinable!(prices -> price_lists (price_list_id));
diesel::joinable!(prices -> products (product_id));
