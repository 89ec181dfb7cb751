//! Migration 0135_price_deviation.

diesel::table! {
    use diesel::sql_types::*;
    use crate::spine::{SqlId, SqlInstant};
    price_deviations (id) {
        id -> SqlId,
        number -> Text,
        department_id -> SqlId,
        customer_id -> SqlId,
        product_id -> SqlId,
        quantity -> BigInt,
        drawn -> BigInt,
        price_minor -> BigInt,
        list_minor -> BigInt,
        currency -> Text,
        price_id -> SqlId,
        authority -> Text,
        region -> Nullable<Text>,
        channel -> Nullable<Text>,
        mode -> Text,
        grounds -> Text,
        valid_to -> Nullable<Date>,
        holder -> Nullable<SqlId>,
        holding -> Nullable<Text>,
        creator_id -> SqlId,
        creator_employee_id -> Nullable<SqlId>,
        submitter_id -> SqlId,
        created_at -> SqlInstant,
        changed_at -> SqlInstant,
        status -> Text,
        status_at -> Nullable<SqlInstant>,
        status_reason -> Nullable<Text>,
        approval_id -> Nullable<SqlId>,
        version -> BigInt,
    }
}
