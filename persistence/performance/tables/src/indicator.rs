//! Migration 0120_indicator.

diesel::table! {
    use diesel::sql_types::*;
    use crate::spine::{SqlId, SqlInstant};
    indicators (id) {
        id -> SqlId,
        code -> Text,
        name_zh -> Text,
        name_en -> Text,
        unit -> Text,
        direction -> Text,
        measure -> Nullable<Text>,
        measured_of -> Nullable<Text>,
        description -> Text,
        is_retired -> Bool,
        changed_at -> SqlInstant,
        version -> BigInt,
        search_text -> Text,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::spine::{SqlId, SqlInstant};
    indicator_figures (id) {
        id -> SqlId,
        indicator_id -> SqlId,
        employee_id -> SqlId,
        department_id -> SqlId,
        period -> Text,
        part -> Integer,
        value -> Text,
        adjusts_period -> Nullable<Text>,
        held -> Nullable<Text>,
        entered_by_id -> SqlId,
        entered_at -> SqlInstant,
        status -> Text,
        detail -> Text,
        changed_at -> SqlInstant,
        version -> BigInt,
    }
}

diesel::joinable!(indicator_figures -> indicators (indicator_id));
