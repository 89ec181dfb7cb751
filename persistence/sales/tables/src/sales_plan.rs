//! Migration 0098_sales_plan.

diesel::table! {
    use diesel::sql_types::*;
    use crate::spine::{SqlId, SqlInstant};
    sales_plans (id) {
        id -> SqlId,
        number -> Text,
        department_id -> SqlId,
        year -> Integer,
        measure -> Text,
        revision -> Integer,
        grounds -> Nullable<Text>,
        target -> BigInt,
        creator_id -> SqlId,
        creator_employee_id -> Nullable<SqlId>,
        submitter_id -> SqlId,
        created_at -> SqlInstant,
        changed_at -> SqlInstant,
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
    sales_plan_nodes (plan_id, place) {
        plan_id -> SqlId,
        place -> Integer,
        department_id -> SqlId,
        employee_id -> Nullable<SqlId>,
        period -> Text,
        floor_value -> BigInt,
        target -> BigInt,
        challenge -> BigInt,
        reserve_of_scopes -> BigInt,
        reserve_of_periods -> BigInt,
    }
}
