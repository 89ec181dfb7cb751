//! Migration 0163_contract_course: milestones, checks, papers.

diesel::table! {
    use diesel::sql_types::*;
    use crate::spine::{SqlId, SqlInstant};
    contract_milestones (id) {
        id -> SqlId,
        contract_id -> SqlId,
        department_id -> SqlId,
        submitter_id -> SqlId,
        kind -> Text,
        name -> Text,
        due_on -> Date,
        reached_on -> Nullable<Date>,
        reached_at -> Nullable<SqlInstant>,
        reached_by_id -> Nullable<SqlId>,
        evidence -> Nullable<Text>,
        dropped_at -> Nullable<SqlInstant>,
        dropped_reason -> Nullable<Text>,
        status -> Text,
        changed_at -> SqlInstant,
        version -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::spine::{SqlId, SqlInstant};
    contract_checks (id) {
        id -> SqlId,
        department_id -> SqlId,
        month -> Text,
        employee_id -> SqlId,
        performing -> BigInt,
        late_milestones -> BigInt,
        findings -> Text,
        note -> Nullable<Text>,
        filed_at -> SqlInstant,
        version -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::spine::{SqlId, SqlInstant};
    archived_papers (id) {
        id -> SqlId,
        contract_id -> SqlId,
        department_id -> SqlId,
        kind -> Text,
        title -> Text,
        place -> Text,
        files -> Text,
        loans -> Text,
        borrower_id -> Nullable<SqlId>,
        due_on -> Nullable<Date>,
        kept_at -> SqlInstant,
        changed_at -> SqlInstant,
        version -> BigInt,
    }
}
