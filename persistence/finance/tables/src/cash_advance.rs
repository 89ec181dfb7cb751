//! Migration 0016_cash_advance.

use super::{departments, expense_claims};

diesel::table! {
    use diesel::sql_types::*;
    use crate::spine::{SqlId, SqlInstant};
    cash_advances (id) {
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
        amount_minor -> BigInt,
        purpose -> Text,
        search_text -> Text,
        settle_on -> Date,
        request_id -> Nullable<SqlId>,
        settled_minor -> BigInt,
        outstanding_minor -> BigInt,
        status -> Text,
        status_at -> Nullable<SqlInstant>,
        status_reason -> Nullable<Text>,
        approval_id -> Nullable<SqlId>,
        payout_reference -> Nullable<Text>,
        paid_on -> Nullable<Date>,
        confirmed_at -> Nullable<SqlInstant>,
        confirmed_by_id -> Nullable<SqlId>,
        advance_account -> Nullable<Text>,
        bank_account -> Nullable<Text>,
        version -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::spine::{SqlId, SqlInstant};
    cash_advance_movements (advance_id, position) {
        advance_id -> SqlId,
        position -> Integer,
        kind -> Text,
        claim_id -> Nullable<SqlId>,
        is_approved -> Bool,
        reference -> Nullable<Text>,
        amount_minor -> BigInt,
        moved_on -> Date,
        recorded_at -> SqlInstant,
        recorded_by_id -> SqlId,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::spine::{SqlId, SqlInstant};
    cash_advance_reversals (advance_id, position) {
        advance_id -> SqlId,
        position -> Integer,
        kind -> Text,
        amount_minor -> BigInt,
        original_reference -> Text,
        original_on -> Date,
        original_at -> SqlInstant,
        original_by_id -> SqlId,
        reference -> Text,
        reversed_on -> Date,
        reason -> Text,
        recorded_at -> SqlInstant,
        recorded_by_id -> SqlId,
        advance_account -> Text,
        bank_account -> Text,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::spine::SqlId;
    expense_claim_advances (claim_id, advance_id) {
        claim_id -> SqlId,
        advance_id -> SqlId,
        position -> Integer,
        amount_minor -> BigInt,
    }
}
diesel::joinable!(cash_advances -> departments (department_id));
diesel::joinable!(cash_advance_movements -> cash_advances (advance_id));
diesel::joinable!(cash_advance_reversals -> cash_advances (advance_id));
diesel::joinable!(expense_claim_advances -> expense_claims (claim_id));
diesel::joinable!(expense_claim_advances -> cash_advances (advance_id));
