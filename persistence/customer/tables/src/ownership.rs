//! Migration 0080_ownership.

diesel::table! {
    use diesel::sql_types::*;
    use crate::spine::SqlId;
    sites (id) {
        id -> SqlId,
        code -> Text,
        name -> Text,
        department_id -> SqlId,
        policy -> Text,
        opens_on -> Nullable<Date>,
        lunch_duty_id -> Nullable<SqlId>,
        version -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::spine::{SqlId, SqlInstant};
    registrations (id) {
        id -> SqlId,
        number -> Text,
        customer_id -> SqlId,
        site_id -> SqlId,
        receiver_id -> SqlId,
        department_id -> SqlId,
        entrusted_by_id -> Nullable<SqlId>,
        channel -> Text,
        is_peer -> Bool,
        inquiry -> Text,
        claimed_at -> Nullable<SqlInstant>,
        registered_at -> SqlInstant,
        completed_at -> Nullable<SqlInstant>,
        status -> Text,
        version -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::spine::{SqlId, SqlInstant};
    ownership_facts (customer_id, place) {
        customer_id -> SqlId,
        place -> Integer,
        id -> SqlId,
        kind -> Text,
        employee_id -> Nullable<SqlId>,
        at -> SqlInstant,
        known_at -> SqlInstant,
        what -> Text,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::spine::{SqlId, SqlInstant};
    ownership_states (customer_id, revision, place) {
        customer_id -> SqlId,
        revision -> BigInt,
        place -> Integer,
        owner_id -> Nullable<SqlId>,
        state -> Text,
        rule -> Text,
        from_at -> SqlInstant,
        known_at -> SqlInstant,
        detail -> Text,
    }
}
