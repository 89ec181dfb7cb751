//! Migration 0139_unit.

diesel::table! {
    use diesel::sql_types::*;
    use crate::spine::{SqlId, SqlInstant};
    units (id) {
        id -> SqlId,
        code -> Text,
        place -> Text,
        product_id -> SqlId,
        status -> Text,
        customer_id -> Nullable<SqlId>,
        deposit_id -> Nullable<SqlId>,
        reserved_by_id -> Nullable<SqlId>,
        department_id -> Nullable<SqlId>,
        reserved_at -> Nullable<SqlInstant>,
        reserved_until -> Nullable<Date>,
        contract_id -> Nullable<SqlId>,
        changed_at -> SqlInstant,
        version -> BigInt,
    }
}
