//! Migration 0019_post_evaluation.

diesel::table! {
    use diesel::sql_types::*;
    use crate::spine::{SqlId, SqlInstant};
    post_evaluations (id) {
        id -> SqlId,
        number -> Text,
        claim_id -> Nullable<SqlId>,
        claim_number -> Nullable<Text>,
        request_id -> Nullable<SqlId>,
        request_number -> Nullable<Text>,
        project -> Nullable<Text>,
        department_id -> SqlId,
        third_party_name -> Text,
        third_party_tax_number -> Nullable<Text>,
        third_party_contact -> Nullable<Text>,
        expected_effect -> Text,
        indicators -> Text,
        due_on -> Date,
        created_by -> SqlId,
        created_at -> SqlInstant,
        status -> Text,
        conclusion -> Nullable<Text>,
        reported_on -> Nullable<Date>,
        filed_by -> Nullable<SqlId>,
        filed_at -> Nullable<SqlInstant>,
        note -> Nullable<Text>,
        decided_by -> Nullable<SqlId>,
        decided_at -> Nullable<SqlInstant>,
        version -> BigInt,
        changed_at -> SqlInstant,
        search_text -> Text,
    }
}
