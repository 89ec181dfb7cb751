//! Migration 0095_sale.

diesel::table! {
    use diesel::sql_types::*;
    use crate::spine::{SqlId, SqlInstant};
    sales (id) {
        id -> SqlId,
        contract_id -> Nullable<SqlId>,
        order_id -> Nullable<SqlId>,
        number -> Text,
        customer_id -> SqlId,
        department_id -> SqlId,
        submitter_id -> SqlId,
        owner_id -> Nullable<SqlId>,
        region -> Nullable<Text>,
        channel -> Nullable<Text>,
        opened_at -> SqlInstant,
        total_minor -> BigInt,
        received_minor -> BigInt,
        currency -> Text,
        status -> Text,
        closed_at -> Nullable<SqlInstant>,
        closed_on -> Nullable<Date>,
        rule -> Nullable<Text>,
        tier_base_minor -> Nullable<BigInt>,
        closing -> Nullable<Text>,
        told -> Text,
        fell_through_at -> Nullable<SqlInstant>,
        changed_at -> SqlInstant,
        version -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::spine::SqlId;
    sale_lines (sale_id, place) {
        sale_id -> SqlId,
        place -> Integer,
        product_id -> SqlId,
        quantity -> BigInt,
        gross_minor -> BigInt,
        net_minor -> BigInt,
        cost_minor -> Nullable<BigInt>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::spine::SqlId;
    credit_entries (id) {
        id -> SqlId,
        sale_id -> SqlId,
        place -> Integer,
        employee_id -> Nullable<SqlId>,
        department_id -> SqlId,
        product_id -> SqlId,
        customer_id -> SqlId,
        region -> Nullable<Text>,
        channel -> Nullable<Text>,
        quantity -> BigInt,
        net_minor -> BigInt,
        cost_minor -> Nullable<BigInt>,
        currency -> Text,
        counted_on -> Date,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::spine::{SqlId, SqlInstant};
    commission_entries (id) {
        id -> SqlId,
        sale_id -> SqlId,
        place -> Integer,
        source -> SqlId,
        employee_id -> Nullable<SqlId>,
        holder -> Text,
        amount_minor -> BigInt,
        booked_at -> SqlInstant,
        booked_on -> Date,
    }
}
