//! Migration 0081_reception.

diesel::table! {
    use diesel::sql_types::*;
    use crate::spine::SqlId;
    reception_queues (id) {
        id -> SqlId,
        site_id -> SqlId,
        department_id -> SqlId,
        queue_on -> Date,
        entries -> Integer,
        head -> Text,
        is_suspended -> Bool,
        version -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::spine::SqlId;
    reception_places (queue_id, place) {
        queue_id -> SqlId,
        place -> Integer,
        employee_id -> SqlId,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::spine::{SqlId, SqlInstant};
    reception_entries (queue_id, sequence) {
        queue_id -> SqlId,
        sequence -> Integer,
        kind -> Text,
        employee_id -> Nullable<SqlId>,
        by_id -> Nullable<SqlId>,
        because -> Nullable<Text>,
        at -> SqlInstant,
        what -> Text,
        hash -> Text,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::spine::{SqlId, SqlInstant};
    receptions (id) {
        id -> SqlId,
        queue_id -> SqlId,
        site_id -> SqlId,
        department_id -> SqlId,
        receiver_id -> SqlId,
        visitor -> Text,
        turn -> Text,
        customer_id -> Nullable<SqlId>,
        registration_id -> Nullable<SqlId>,
        host_id -> Nullable<SqlId>,
        asked_at -> Nullable<SqlInstant>,
        answer_by -> Nullable<SqlInstant>,
        escalated_at -> Nullable<SqlInstant>,
        answered_at -> Nullable<SqlInstant>,
        answered_by_id -> Nullable<SqlId>,
        is_agreed -> Nullable<Bool>,
        begun_at -> SqlInstant,
        ended_at -> Nullable<SqlInstant>,
        ended_by_id -> Nullable<SqlId>,
        is_mistaken -> Bool,
        is_unregistered -> Bool,
        status -> Text,
        version -> BigInt,
    }
}
