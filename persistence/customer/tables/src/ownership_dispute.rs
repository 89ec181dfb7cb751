//! Migration 0082_ownership_dispute.

diesel::table! {
    use diesel::sql_types::*;
    use crate::spine::{SqlId, SqlInstant};
    ownership_disputes (id) {
        id -> SqlId,
        number -> Text,
        customer_id -> SqlId,
        open_customer_id -> Nullable<SqlId>,
        department_id -> SqlId,
        claimant_id -> SqlId,
        claim -> Text,
        opened_at -> SqlInstant,
        evidence_until -> SqlInstant,
        mediated_by_id -> Nullable<SqlId>,
        mediated_at -> Nullable<SqlInstant>,
        mediation -> Nullable<Text>,
        ruled_by_id -> Nullable<SqlId>,
        ruled_at -> Nullable<SqlInstant>,
        ruled_owner_id -> Nullable<SqlId>,
        reasons -> Nullable<Text>,
        shares -> Nullable<Text>,
        settlement -> Nullable<Text>,
        withdrawn_at -> Nullable<SqlInstant>,
        withdrawal -> Nullable<Text>,
        status -> Text,
        version -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::spine::SqlId;
    ownership_dispute_respondents (dispute_id, place) {
        dispute_id -> SqlId,
        place -> Integer,
        employee_id -> SqlId,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::spine::{SqlId, SqlInstant};
    ownership_dispute_statements (dispute_id, place) {
        dispute_id -> SqlId,
        place -> Integer,
        by_id -> SqlId,
        at -> SqlInstant,
        content -> Text,
        facts -> Text,
        files -> Text,
    }
}
