//! Migration 0163_contract_course.

diesel::table! {
    use diesel::sql_types::*;
    use crate::spine::{SqlId, SqlInstant};
    contract_amendments (id) {
        id -> SqlId,
        number -> Text,
        department_id -> SqlId,
        contract_id -> SqlId,
        kind -> Text,
        lines -> Text,
        discount_minor -> BigInt,
        currency -> Text,
        refunds -> Bool,
        grounds -> Text,
        effect -> Nullable<Text>,
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
