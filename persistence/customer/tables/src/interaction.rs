//! Migration 0071_interaction.

use crate::customers;

diesel::table! {
    use diesel::sql_types::*;
    use crate::spine::{SqlId, SqlInstant};
    interactions (id) {
        id -> SqlId,
        customer_id -> SqlId,
        employee_id -> SqlId,
        department_id -> SqlId,
        kind -> Text,
        method -> Nullable<Text>,
        status -> Text,
        status_at -> Nullable<SqlInstant>,
        status_reason -> Nullable<Text>,
        voided_by_id -> Nullable<SqlId>,
        planned_for -> Nullable<SqlInstant>,
        plan -> Nullable<Text>,
        planned_at -> Nullable<SqlInstant>,
        held_at -> Nullable<SqlInstant>,
        held_on -> Nullable<Date>,
        minutes -> Nullable<Integer>,
        contact -> Nullable<Integer>,
        participants -> Nullable<Text>,
        content -> Nullable<Text>,
        needs -> Nullable<Text>,
        next_step -> Nullable<Text>,
        next_on -> Nullable<Date>,
        reported_at -> Nullable<SqlInstant>,
        shortfalls -> Nullable<Text>,
        is_qualified -> Bool,
        changed_at -> SqlInstant,
        version -> BigInt,
    }
}

diesel::joinable!(interactions -> customers (customer_id));
