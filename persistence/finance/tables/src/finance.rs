//! Migrations 0012_expense_claim, 0013_invoice, 0014_journal, 0015_payment, 0030_invoice_share,
//! 0031_payment_direction.

use super::{departments, users};

diesel::table! {
    use diesel::sql_types::*;
    use crate::spine::{SqlId, SqlInstant};
    expense_claims (id) {
        id -> SqlId,
        number -> Text,
        creator_id -> SqlId,
        creator_employee_id -> Nullable<SqlId>,
        submitter_id -> SqlId,
        beneficiary_id -> SqlId,
        beneficiary_reason -> Nullable<Text>,
        department_id -> SqlId,
        created_at -> SqlInstant,
        changed_at -> SqlInstant,
        business_date -> Date,
        currency -> Text,
        book_currency -> Text,
        rate -> Text,
        rate_date -> Nullable<Date>,
        details -> Text,
        metadata -> Text,
        search_text -> Text,
        claimed_minor -> BigInt,
        approved_minor -> BigInt,
        payable_minor -> BigInt,
        paid_minor -> BigInt,
        status -> Text,
        status_at -> Nullable<SqlInstant>,
        status_reason -> Nullable<Text>,
        voucher_number -> Nullable<Text>,
        approval_id -> Nullable<SqlId>,
        reverses_id -> Nullable<SqlId>,
        version -> BigInt,
        campaign -> Nullable<Text>,
        region -> Nullable<Text>,
        request_id -> Nullable<SqlId>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::spine::{SqlId, SqlInstant};
    expense_claim_hand_overs (claim_id) {
        claim_id -> SqlId,
        not_ready -> Nullable<Text>,
        refusal_code -> Nullable<Text>,
        refusal_text -> Nullable<Text>,
        acknowledged_reference -> Nullable<Text>,
        acknowledged_at -> Nullable<SqlInstant>,
        acknowledged_by_id -> Nullable<SqlId>,
        voucher_year -> Nullable<Integer>,
        posted_on -> Nullable<Date>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::spine::SqlId;
    expense_claim_reversals (claim_id) {
        claim_id -> SqlId,
        reason -> Nullable<Text>,
        reversal_id -> Nullable<SqlId>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::spine::SqlId;
    expense_claim_mirrors (claim_id) {
        claim_id -> SqlId,
        source -> Text,
        external_reference -> Text,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::spine::SqlId;
    expense_claim_lines (claim_id, line) {
        claim_id -> SqlId,
        line -> Integer,
        category -> Text,
        description -> Text,
        occurred_on -> Date,
        claimed_minor -> BigInt,
        approved_minor -> BigInt,
        reduction_reason -> Nullable<Text>,
        reduced_by_id -> Nullable<SqlId>,
        cost_centre_id -> SqlId,
        request_line -> Nullable<Integer>,
        advertisement -> Nullable<Text>,
        quotes -> Nullable<Text>,
        tender -> Nullable<Text>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::spine::SqlId;
    invoices (claim_id, line, position) {
        claim_id -> SqlId,
        line -> Integer,
        position -> Integer,
        kind -> Text,
        code -> Nullable<Text>,
        number -> Text,
        issued_on -> Date,
        seller_name -> Text,
        seller_tax_number -> Nullable<Text>,
        buyer_name -> Nullable<Text>,
        buyer_tax_number -> Nullable<Text>,
        net_minor -> BigInt,
        tax_minor -> BigInt,
        total_minor -> BigInt,
        unique_key -> Text,
        reimbursed_minor -> Nullable<BigInt>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::spine::{SqlId, SqlInstant};
    removed_invoices (id) {
        id -> SqlId,
        claim_id -> SqlId,
        line -> Integer,
        kind -> Text,
        code -> Nullable<Text>,
        number -> Text,
        issued_on -> Date,
        seller_name -> Text,
        total_minor -> BigInt,
        unique_key -> Text,
        removed_at -> SqlInstant,
        removed_by_id -> SqlId,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::spine::{SqlId, SqlInstant};
    invoice_holds (id) {
        id -> SqlId,
        unique_key -> Text,
        claim_id -> SqlId,
        line -> Integer,
        held_at -> SqlInstant,
        held_by_id -> SqlId,
        released_at -> Nullable<SqlInstant>,
        released_because -> Nullable<Text>,
        amount_minor -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::spine::SqlId;
    held_invoices (unique_key) {
        unique_key -> Text,
        holder_id -> SqlId,
        currency -> Text,
        total_minor -> BigInt,
        held_minor -> BigInt,
        opened -> SqlId,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::spine::{SqlId, SqlInstant};
    expense_payments (claim_id, position) {
        claim_id -> SqlId,
        position -> Integer,
        reference -> Text,
        amount_minor -> BigInt,
        paid_on -> Date,
        confirmed_at -> SqlInstant,
        confirmed_by_id -> SqlId,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::spine::{SqlId, SqlInstant};
    expense_payment_returns (claim_id, position) {
        claim_id -> SqlId,
        position -> Integer,
        reference -> Text,
        returned_on -> Date,
        reason -> Text,
        recorded_at -> SqlInstant,
        recorded_by_id -> SqlId,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::spine::SqlId;
    journal_entries (claim_id) {
        claim_id -> SqlId,
        entered_on -> Date,
        currency -> Text,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::spine::SqlId;
    journal_postings (claim_id, position) {
        claim_id -> SqlId,
        position -> Integer,
        side -> Text,
        role -> Text,
        account -> Text,
        line -> Nullable<Integer>,
        cost_centre_id -> Nullable<SqlId>,
        amount_minor -> BigInt,
        remainder_minor -> BigInt,
    }
}

diesel::joinable!(expense_claims -> departments (department_id));
diesel::joinable!(expense_claim_hand_overs -> expense_claims (claim_id));
diesel::joinable!(expense_claim_lines -> expense_claims (claim_id));
diesel::joinable!(expense_claim_mirrors -> expense_claims (claim_id));
diesel::joinable!(expense_claim_reversals -> expense_claims (claim_id));
diesel::joinable!(expense_claim_lines -> departments (cost_centre_id));
diesel::joinable!(invoices -> expense_claims (claim_id));
diesel::joinable!(removed_invoices -> expense_claims (claim_id));
diesel::joinable!(invoice_holds -> expense_claims (claim_id));
diesel::joinable!(invoice_holds -> users (held_by_id));
diesel::joinable!(expense_payments -> expense_claims (claim_id));
diesel::joinable!(journal_postings -> departments (cost_centre_id));
