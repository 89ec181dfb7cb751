//! Migration 0130_opportunity.

diesel::table! {
    use diesel::sql_types::*;
    use crate::spine::{SqlId, SqlInstant};
    opportunities (id) {
        id -> SqlId,
        number -> Text,
        customer_id -> SqlId,
        subject -> Text,
        product_line -> Nullable<Text>,
        estimate_minor -> Nullable<BigInt>,
        currency -> Text,
        expected_on -> Nullable<Date>,
        owner_id -> SqlId,
        department_id -> SqlId,
        stage -> Text,
        stage_since -> Date,
        status -> Text,
        loss_reason -> Nullable<Text>,
        competitor -> Nullable<Text>,
        loss_note -> Nullable<Text>,
        sale_id -> Nullable<SqlId>,
        opened_at -> SqlInstant,
        changed_at -> SqlInstant,
        version -> BigInt,
        search_text -> Text,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::spine::{SqlId, SqlInstant};
    opportunity_moves (opportunity_id, place) {
        opportunity_id -> SqlId,
        place -> Integer,
        kind -> Text,
        stage -> Text,
        moved_at -> SqlInstant,
        moved_on -> Date,
        moved_by_id -> Nullable<SqlId>,
        owner_id -> SqlId,
        reason -> Nullable<Text>,
    }
}
