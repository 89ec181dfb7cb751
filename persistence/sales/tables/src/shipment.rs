//! Migration 0137_shipment.

diesel::table! {
    use diesel::sql_types::*;
    use crate::spine::{SqlId, SqlInstant};
    shipments (id) {
        id -> SqlId,
        number -> Text,
        order_id -> SqlId,
        department_id -> SqlId,
        customer_id -> SqlId,
        shipped_on -> Date,
        carrier -> Nullable<Text>,
        tracking_number -> Nullable<Text>,
        source -> Nullable<Text>,
        external_identity -> Nullable<Text>,
        recorded_by_id -> SqlId,
        recorded_at -> SqlInstant,
        status -> Text,
        delivered_on -> Nullable<Date>,
        proof -> Nullable<Text>,
        taken_back_at -> Nullable<SqlInstant>,
        taken_back_reason -> Nullable<Text>,
        changed_at -> SqlInstant,
        version -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::spine::SqlId;
    shipment_lines (shipment_id, line_id) {
        shipment_id -> SqlId,
        line_id -> SqlId,
        place -> Integer,
        quantity -> BigInt,
    }
}
