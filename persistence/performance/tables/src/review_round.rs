//! Migration 0124_review_round.

diesel::table! {
    use diesel::sql_types::*;
    use crate::spine::SqlId;
    review_rounds (id) {
        id -> SqlId,
        appraisal_period_id -> SqlId,
        reviewer_id -> SqlId,
        kind -> Text,
        asked -> BigInt,
        given -> BigInt,
        due_on -> Nullable<Date>,
        is_closed -> Bool,
        version -> BigInt,
    }
}
