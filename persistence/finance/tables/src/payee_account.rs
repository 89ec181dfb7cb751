//! Migration 0161_payee_account.

diesel::table! {
    use diesel::sql_types::*;
    use crate::spine::{SqlId, SqlInstant};
    payee_accounts (id) {
        id -> SqlId,
        kind -> Text,
        employee_id -> Nullable<SqlId>,
        name -> Nullable<Text>,
        tax_number -> Nullable<Text>,
        department_id -> Nullable<SqlId>,
        holder -> Text,
        bank -> Text,
        branch -> Nullable<Text>,
        bank_code -> Nullable<Text>,
        sealed -> Text,
        tail -> Text,
        creator_id -> SqlId,
        created_at -> SqlInstant,
        changed_at -> SqlInstant,
        retired_at -> Nullable<SqlInstant>,
        retired_by_id -> Nullable<SqlId>,
        retired_reason -> Nullable<Text>,
        version -> BigInt,
        search_text -> Text,
    }
}

diesel::table! {
    use crate::spine::SqlId;
    expense_claim_payees (claim_id) {
        claim_id -> SqlId,
        payee_account_id -> SqlId,
    }
}
