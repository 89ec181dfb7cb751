//! Migrations 0074_customer_tier, 0075_tier_override.

diesel::table! {
    use diesel::sql_types::*;
    use crate::spine::{SqlId, SqlInstant};
    tier_runs (id) {
        id -> SqlId,
        cut_off -> Date,
        holds_from -> Date,
        model -> Integer,
        opened_by_id -> Nullable<SqlId>,
        opened_at -> SqlInstant,
        is_under_way -> Bool,
        behind -> Nullable<SqlId>,
        done -> BigInt,
        moved -> BigInt,
        version -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::spine::SqlId;
    customer_tiers (id) {
        id -> SqlId,
        holds -> Text,
        below -> Integer,
        overridden_until -> Nullable<Date>,
        latest -> Nullable<Text>,
        version -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::spine::SqlId;
    tier_assessments (id) {
        id -> SqlId,
        run_id -> SqlId,
        customer_id -> SqlId,
        score -> BigInt,
        reached -> Text,
        tier_before -> Nullable<Text>,
        tier -> Text,
        outcome -> Text,
        held_from -> Date,
        detail -> Text,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::spine::{SqlId, SqlInstant};
    tier_figures (id) {
        id -> SqlId,
        customer_id -> SqlId,
        dimension -> Text,
        value -> Text,
        basis -> Text,
        evidence -> Text,
        entered_on -> Date,
        entered_by_id -> SqlId,
        entered_at -> SqlInstant,
        version -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::spine::{SqlId, SqlInstant};
    tier_overrides (id) {
        id -> SqlId,
        number -> Text,
        customer_id -> SqlId,
        department_id -> SqlId,
        tier -> Text,
        until_on -> Date,
        reason -> Text,
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
