//! Migration 0083_ownership_transfer.

diesel::table! {
    use diesel::sql_types::*;
    use crate::spine::{SqlId, SqlInstant};
    ownership_transfers (id) {
        id -> SqlId,
        number -> Text,
        department_id -> SqlId,
        from_id -> SqlId,
        to_id -> SqlId,
        is_hand_over -> Bool,
        reason -> Text,
        open_matters -> Text,
        creator_id -> SqlId,
        creator_employee_id -> Nullable<SqlId>,
        submitter_id -> SqlId,
        created_at -> SqlInstant,
        status -> Text,
        status_at -> Nullable<SqlInstant>,
        status_reason -> Nullable<Text>,
        approval_id -> Nullable<SqlId>,
        version -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::spine::SqlId;
    ownership_transfer_customers (transfer_id, place) {
        transfer_id -> SqlId,
        place -> Integer,
        customer_id -> SqlId,
        outcome -> Text,
        because -> Nullable<Text>,
    }
}
