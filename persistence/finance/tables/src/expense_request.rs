//! Migrations 0011_expense_request and, for what claims draw, 0012_expense_claim.

use super::{departments, expense_claims};

diesel::table! {
    use diesel::sql_types::*;
    use crate::spine::{SqlId, SqlInstant};
    expense_requests (id) {
        id -> SqlId,
        number -> Text,
        creator_id -> SqlId,
        creator_employee_id -> Nullable<SqlId>,
        submitter_id -> SqlId,
        department_id -> SqlId,
        created_at -> SqlInstant,
        changed_at -> SqlInstant,
        business_date -> Date,
        currency -> Text,
        book_currency -> Text,
        rate -> Text,
        rate_date -> Nullable<Date>,
        details -> Text,
        urgent -> Bool,
        major_campaign -> Bool,
        campaign -> Nullable<Text>,
        region -> Nullable<Text>,
        links -> Text,
        search_text -> Text,
        amount_minor -> BigInt,
        worth_minor -> BigInt,
        claimed_minor -> BigInt,
        revision -> Integer,
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
    expense_request_lines (request_id, line) {
        request_id -> SqlId,
        line -> Integer,
        category -> Text,
        item -> Text,
        quantity -> Nullable<Integer>,
        amount_minor -> BigInt,
        purpose -> Text,
        planned_on -> Date,
        cost_centre_id -> SqlId,
        quotes -> Text,
        tender -> Nullable<Text>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::spine::SqlId;
    expense_request_draws (request_id, claim_id, claim_line) {
        request_id -> SqlId,
        claim_id -> SqlId,
        claim_line -> Integer,
        line -> Integer,
        amount_minor -> BigInt,
        is_approved -> Bool,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::spine::{SqlId, SqlInstant};
    expense_request_amendments (id) {
        id -> SqlId,
        number -> Text,
        request_id -> SqlId,
        revision -> Integer,
        reason -> Text,
        content -> Text,
        creator_id -> SqlId,
        creator_employee_id -> Nullable<SqlId>,
        submitter_id -> SqlId,
        department_id -> SqlId,
        created_at -> SqlInstant,
        changed_at -> SqlInstant,
        status -> Text,
        status_at -> Nullable<SqlInstant>,
        status_reason -> Nullable<Text>,
        approval_id -> Nullable<SqlId>,
        version -> BigInt,
        search_text -> Text,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::spine::{SqlId, SqlInstant};
    expense_request_revisions (request_id, revision) {
        request_id -> SqlId,
        revision -> Integer,
        amendment_id -> Nullable<SqlId>,
        content -> Text,
        approved_at -> SqlInstant,
    }
}
diesel::joinable!(expense_requests -> departments (department_id));
diesel::joinable!(expense_request_lines -> expense_requests (request_id));
diesel::joinable!(expense_request_draws -> expense_requests (request_id));
diesel::joinable!(expense_request_draws -> expense_claims (claim_id));
diesel::joinable!(expense_request_amendments -> expense_requests (request_id));
diesel::joinable!(expense_request_amendments -> departments (department_id));
