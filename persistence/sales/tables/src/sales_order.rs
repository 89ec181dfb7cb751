//! Migration 0136_sales_order.

diesel::table! {
    use diesel::sql_types::*;
    use crate::spine::{SqlId, SqlInstant};
    sales_orders (id) {
        id -> SqlId,
        number -> Text,
        department_id -> SqlId,
        customer_id -> SqlId,
        contract_id -> Nullable<SqlId>,
        region -> Nullable<Text>,
        channel -> Nullable<Text>,
        deliver_by -> Nullable<Date>,
        note -> Nullable<Text>,
        source -> Nullable<Text>,
        external_identity -> Nullable<Text>,
        discount_minor -> BigInt,
        total_minor -> BigInt,
        kept_minor -> BigInt,
        currency -> Text,
        hold_kind -> Nullable<Text>,
        hold -> Nullable<Text>,
        taken -> Nullable<Text>,
        clock -> Nullable<Text>,
        approved_at -> Nullable<SqlInstant>,
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
        search_text -> Text,
        instalments -> Text,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::spine::SqlId;
    sales_order_lines (id) {
        id -> SqlId,
        order_id -> SqlId,
        place -> Integer,
        product_id -> SqlId,
        quantity -> BigInt,
        price_minor -> BigInt,
        tax_rate_bp -> Integer,
        produced -> BigInt,
        delivered -> BigInt,
        cancelled -> BigInt,
    }
}
