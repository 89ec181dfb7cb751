//! Migration 0155_policy_replay.

diesel::table! {
    use diesel::sql_types::*;
    use crate::spine::{SqlId, SqlInstant};
    policy_replays (id) {
        id -> SqlId,
        drafts -> Text,
        from_on -> Date,
        to_on -> Date,
        sequence -> BigInt,
        tally -> Text,
        digest -> Text,
        asked_by_id -> SqlId,
        asked_at -> SqlInstant,
        forgotten_at -> Nullable<SqlInstant>,
        version -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::spine::SqlId;
    policy_replay_lines (id) {
        id -> SqlId,
        replay_id -> SqlId,
        decision -> Text,
        policy -> Text,
        verdict -> Text,
        drifts -> Bool,
        document_kind -> Text,
        document -> SqlId,
        number -> Text,
        business_date -> Date,
        said -> Text,
    }
}

diesel::joinable!(policy_replay_lines -> policy_replays (replay_id));
