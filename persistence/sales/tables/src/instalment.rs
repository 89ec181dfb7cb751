//! Migration 0162_instalment.

diesel::table! {
    use diesel::sql_types::*;
    use crate::spine::{SqlId, SqlInstant};
    instalments (id) {
        id -> SqlId,
        contract_id -> Nullable<SqlId>,
        order_id -> Nullable<SqlId>,
        number -> Text,
        place -> Integer,
        department_id -> SqlId,
        customer_id -> SqlId,
        submitter_id -> SqlId,
        amount_minor -> BigInt,
        open_minor -> BigInt,
        currency -> Text,
        milestone -> Nullable<Text>,
        days -> Nullable<Integer>,
        due_on -> Nullable<Date>,
        is_called -> Bool,
        dropped_at -> Nullable<SqlInstant>,
        status -> Text,
        changed_at -> SqlInstant,
        version -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::spine::{SqlId, SqlInstant};
    instalment_entries (instalment_id, place) {
        instalment_id -> SqlId,
        place -> Integer,
        counted_on -> Date,
        amount_minor -> BigInt,
        at -> SqlInstant,
    }
}
