//! Migration 0018_internal_audit.

diesel::table! {
    use diesel::sql_types::*;
    use crate::spine::{SqlId, SqlInstant};
    internal_audits (id) {
        id -> SqlId,
        number -> Text,
        title -> Text,
        purpose -> Text,
        from_on -> Date,
        to_on -> Date,
        department_id -> Nullable<SqlId>,
        category -> Nullable<Text>,
        states -> Text,
        auditor_id -> SqlId,
        created_by -> SqlId,
        created_at -> SqlInstant,
        status -> Text,
        started_at -> Nullable<SqlInstant>,
        conclusion -> Nullable<Text>,
        reported_by -> Nullable<SqlId>,
        reported_at -> Nullable<SqlInstant>,
        ended_at -> Nullable<SqlInstant>,
        end_reason -> Nullable<Text>,
        draws -> Text,
        version -> BigInt,
        changed_at -> SqlInstant,
        search_text -> Text,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::spine::{SqlId, SqlInstant};
    internal_audit_items (id) {
        id -> SqlId,
        audit_id -> SqlId,
        position -> Integer,
        claim_id -> SqlId,
        claim_number -> Text,
        claim_version -> BigInt,
        creator_id -> Nullable<SqlId>,
        submitter_id -> SqlId,
        beneficiary_id -> SqlId,
        department_id -> SqlId,
        business_date -> Date,
        payable_minor -> BigInt,
        currency -> Text,
        origin -> Text,
        draw -> Nullable<Integer>,
        score -> Integer,
        signals -> Text,
        verdict -> Nullable<Text>,
        note -> Nullable<Text>,
        concluded_by -> Nullable<SqlId>,
        concluded_at -> Nullable<SqlInstant>,
        version -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::spine::{SqlId, SqlInstant};
    audit_findings (id) {
        id -> SqlId,
        number -> Text,
        audit_id -> SqlId,
        item_id -> Nullable<SqlId>,
        claim_id -> Nullable<SqlId>,
        claim_number -> Nullable<Text>,
        claim_lines -> Nullable<Integer>,
        line -> Nullable<Integer>,
        severity -> Text,
        clause -> Text,
        text -> Text,
        amount_minor -> Nullable<BigInt>,
        currency -> Nullable<Text>,
        department_id -> SqlId,
        responsible_id -> Nullable<SqlId>,
        due_on -> Date,
        created_by -> SqlId,
        created_at -> SqlInstant,
        status -> Text,
        remediation -> Nullable<Text>,
        remediated_by -> Nullable<SqlId>,
        remediated_at -> Nullable<SqlInstant>,
        ending -> Nullable<Text>,
        ended_by -> Nullable<SqlId>,
        ended_at -> Nullable<SqlInstant>,
        rejected -> Text,
        version -> BigInt,
        changed_at -> SqlInstant,
        search_text -> Text,
    }
}

// Who spent how much on what: sums over lines by columns of both tables.
diesel::allow_columns_to_appear_in_same_group_by_clause!(
    super::expense_claims::department_id,
    super::expense_claim_lines::category,
    super::expense_claims::submitter_id,
    super::expense_claims::currency,
    super::expense_claims::book_currency,
    super::expense_claims::rate,
);
