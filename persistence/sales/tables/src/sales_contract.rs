//! Migrations 0092_sales_contract, 0162_instalment, 0163_contract_course.

diesel::table! {
    use diesel::sql_types::*;
    use crate::spine::{SqlId, SqlInstant};
    sales_contracts (id) {
        id -> SqlId,
        number -> Text,
        department_id -> SqlId,
        customer_id -> SqlId,
        kind -> Text,
        subject -> Text,
        region -> Nullable<Text>,
        channel -> Nullable<Text>,
        discount_minor -> BigInt,
        total_minor -> BigInt,
        currency -> Text,
        review -> Text,
        approved_at -> Nullable<SqlInstant>,
        signed_on -> Nullable<Date>,
        signed_at -> Nullable<SqlInstant>,
        taken_by_id -> Nullable<SqlId>,
        original -> Nullable<Text>,
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
        search_text -> Text,
        instalments -> Text,
        revision -> Integer,
        ended_on -> Nullable<Date>,
        expires_on -> Nullable<Date>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::spine::SqlId;
    sales_contract_revisions (contract_id, revision) {
        contract_id -> SqlId,
        revision -> Integer,
        superseded_on -> Date,
        content -> Text,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::spine::SqlId;
    sales_contract_lines (contract_id, place) {
        contract_id -> SqlId,
        place -> Integer,
        product_id -> SqlId,
        quantity -> BigInt,
        price_minor -> BigInt,
        tax_rate_bp -> Integer,
    }
}
