//! Migration 0006_approval.

diesel::table! {
    use diesel::sql_types::*;
    use crate::spine::{SqlId, SqlInstant};
    approvals (id) {
        id -> SqlId,
        document_kind -> Text,
        document -> SqlId,
        number -> Text,
        submitter_id -> SqlId,
        beneficiary_id -> SqlId,
        department_id -> SqlId,
        amount -> Nullable<BigInt>,
        currency -> Nullable<Text>,
        business_date -> Date,
        state -> Text,
        subject -> Text,
        plan -> Text,
        rounds -> Text,
        outcome -> Text,
        last_reminder_at -> Nullable<SqlInstant>,
        due_at -> Nullable<SqlInstant>,
        started_at -> SqlInstant,
        moved_at -> SqlInstant,
        version -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::spine::{SqlId, SqlInstant};
    approval_tasks (id) {
        id -> SqlId,
        approval_id -> SqlId,
        round -> Integer,
        step -> Integer,
        seat -> Integer,
        assignee_id -> SqlId,
        on_behalf_of_id -> Nullable<SqlId>,
        origin -> Text,
        opened_at -> SqlInstant,
        remind_at -> Nullable<SqlInstant>,
        escalate_at -> Nullable<SqlInstant>,
        state -> Text,
        ending -> Nullable<Text>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::spine::{SqlId, SqlInstant};
    approval_history (approval_id, number) {
        approval_id -> SqlId,
        number -> Integer,
        round -> Integer,
        step -> Nullable<Text>,
        kind -> Text,
        by_id -> Nullable<SqlId>,
        from_id -> Nullable<SqlId>,
        to_id -> Nullable<SqlId>,
        note -> Nullable<Text>,
        document_version -> BigInt,
        at -> SqlInstant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::spine::{SqlId, SqlInstant};
    approval_copies (approval_id, to_id) {
        approval_id -> SqlId,
        to_id -> SqlId,
        by_id -> SqlId,
        at -> SqlInstant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::spine::SqlId;
    /// Whose box an approval lies in.
    approval_boxes (employee_id, box_, approval_id) {
        employee_id -> SqlId,
        #[sql_name = "box"]
        box_ -> Text,
        approval_id -> SqlId,
    }
}

diesel::joinable!(approval_boxes -> approvals (approval_id));
