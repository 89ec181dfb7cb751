//! Migration 0022_incentive_entry.

diesel::table! {
    use diesel::sql_types::*;
    use crate::spine::{SqlId, SqlInstant};
    incentive_entries (id) {
        id -> SqlId,
        number -> Text,
        employee_id -> SqlId,
        department_id -> SqlId,
        incident_kind -> Text,
        incident -> SqlId,
        incident_held -> Nullable<Text>,
        happened_on -> Date,
        amount_kind -> Text,
        currency -> Text,
        measure -> BigInt,
        month -> Text,
        grounds -> Text,
        policy_code -> Nullable<Text>,
        proposed_by_id -> Nullable<SqlId>,
        proposed_at -> SqlInstant,
        counters_id -> Nullable<SqlId>,
        status -> Text,
        answer_until -> Nullable<SqlInstant>,
        approval_id -> Nullable<SqlId>,
        detail -> Text,
        changed_at -> SqlInstant,
        version -> BigInt,
        search_text -> Text,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::spine::{SqlId, SqlInstant};
    payroll_batches (id) {
        id -> SqlId,
        month -> Text,
        part -> Integer,
        entries -> BigInt,
        totals -> Text,
        taken_by_id -> SqlId,
        taken_at -> SqlInstant,
        status -> Text,
        acknowledged_by_id -> Nullable<SqlId>,
        acknowledged_at -> Nullable<SqlInstant>,
        reference -> Nullable<Text>,
        confirmed_by_id -> Nullable<SqlId>,
        confirmed_at -> Nullable<SqlInstant>,
        version -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::spine::SqlId;
    payroll_batch_entries (entry_id) {
        entry_id -> SqlId,
        batch_id -> SqlId,
    }
}
