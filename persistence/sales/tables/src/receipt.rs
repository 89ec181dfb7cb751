//! Migration 0094_receipt.

diesel::table! {
    use diesel::sql_types::*;
    use crate::spine::{SqlId, SqlInstant};
    receipts (id) {
        id -> SqlId,
        number -> Text,
        department_id -> SqlId,
        customer_id -> SqlId,
        amount_minor -> BigInt,
        currency -> Text,
        unallocated_minor -> BigInt,
        received_on -> Date,
        payer -> Nullable<Text>,
        bank_account -> Nullable<Text>,
        bank_reference -> Nullable<Text>,
        source -> Nullable<Text>,
        external_identity -> Nullable<Text>,
        is_deposit -> Bool,
        taken_by_id -> Nullable<SqlId>,
        is_suspect -> Bool,
        recorded_by_id -> SqlId,
        recorded_at -> SqlInstant,
        status -> Text,
        bounced_at -> Nullable<SqlInstant>,
        bounced_reason -> Nullable<Text>,
        changed_at -> SqlInstant,
        version -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::spine::{SqlId, SqlInstant};
    receipt_allocations (id) {
        id -> SqlId,
        receipt_id -> SqlId,
        place -> Integer,
        contract_id -> Nullable<SqlId>,
        order_id -> Nullable<SqlId>,
        amount_minor -> BigInt,
        at -> SqlInstant,
    }
}
