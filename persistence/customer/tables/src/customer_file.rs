//! Migration 0070_customer_file.

diesel::table! {
    use diesel::sql_types::*;
    use crate::spine::{SqlId, SqlInstant};
    field_keys (id) {
        id -> SqlId,
        material -> Text,
        made_at -> SqlInstant,
        retired_at -> Nullable<SqlInstant>,
        version -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::spine::{SqlId, SqlInstant};
    customers (id) {
        id -> SqlId,
        number -> Text,
        kind -> Text,
        name -> Text,
        name_key -> Text,
        name_reading -> Text,
        tax_number -> Nullable<Text>,
        industry -> Nullable<Text>,
        region -> Nullable<Text>,
        channel -> Nullable<Text>,
        needs -> Nullable<Text>,
        tags -> Text,
        importance -> Text,
        sensitivity -> Text,
        source -> Nullable<Text>,
        external_identity -> Nullable<Text>,
        metadata -> Text,
        personal -> Nullable<Text>,
        sealed -> Nullable<Binary>,
        field_key_id -> Nullable<SqlId>,
        completeness -> Integer,
        status -> Text,
        status_at -> Nullable<SqlInstant>,
        merged_into_id -> Nullable<SqlId>,
        verified_on -> Nullable<Date>,
        verification_due_on -> Nullable<Date>,
        creator_id -> SqlId,
        creator_employee_id -> Nullable<SqlId>,
        created_at -> SqlInstant,
        changed_at -> SqlInstant,
        version -> BigInt,
        search_text -> Text,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::spine::SqlId;
    customer_phones (customer_id, place) {
        customer_id -> SqlId,
        place -> Integer,
        contact -> Integer,
        lookup -> Text,
        tail -> Nullable<Text>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::spine::{SqlId, SqlInstant};
    customer_standings (customer_id) {
        customer_id -> SqlId,
        owner_id -> Nullable<SqlId>,
        department_id -> SqlId,
        state -> Text,
        protected_until -> Nullable<SqlInstant>,
        since -> SqlInstant,
        creator_id -> SqlId,
        version -> BigInt,
        tier -> Nullable<Text>,
        warn_at -> Nullable<SqlInstant>,
        follow_up_on -> Nullable<Date>,
    }
}

diesel::joinable!(customer_standings -> customers (customer_id));
