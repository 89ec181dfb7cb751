//! Migration 0001_spine.

diesel::table! {
    use diesel::sql_types::*;
    /// One row: the epoch of access.
    access_epoch (singleton) { singleton -> Integer, epoch -> BigInt, master_revision -> BigInt, }
}

diesel::table! {
    use diesel::sql_types::*;
    /// How often each kind of master data has changed.
    master_revisions (kind) { kind -> Text, revision -> BigInt, }
}

diesel::table! {
    use diesel::sql_types::*;
    /// One row: the heads of audit trail and feed.
    ledger_head (singleton) {
        singleton -> Integer,
        audit_sequence -> BigInt,
        audit_hash -> Binary,
        event_sequence -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::spine::{SqlId, SqlInstant};
    audit_entries (sequence) {
        sequence -> BigInt,
        at -> SqlInstant,
        actor -> SqlId,
        actor_name -> Text,
        action -> Text,
        entity_kind -> Text,
        entity -> SqlId,
        entity_version -> BigInt,
        before -> Nullable<Text>,
        after -> Nullable<Text>,
        salt -> Nullable<Binary>,
        request -> Text,
        origin -> Nullable<Text>,
        content_hash -> Binary,
        hash -> Binary,
        on_behalf_of -> Nullable<SqlId>,
        deed -> Nullable<Text>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::spine::{SqlId, SqlInstant};
    events (sequence) {
        sequence -> BigInt,
        id -> SqlId,
        kind -> Text,
        entity_kind -> Text,
        entity -> SqlId,
        entity_version -> BigInt,
        actor -> SqlId,
        facts -> Text,
        at -> SqlInstant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::spine::{SqlId, SqlInstant};
    explanations (id) {
        id -> SqlId,
        entity_kind -> Text,
        entity -> SqlId,
        decision -> Text,
        rule -> Text,
        citation -> Text,
        facts -> Text,
        at -> SqlInstant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::spine::{SqlId, SqlInstant};
    idempotency_keys (caller, key) {
        caller -> SqlId,
        key -> Text,
        fingerprint -> Text,
        status -> Integer,
        etag -> Nullable<Text>,
        location -> Nullable<Text>,
        body -> Nullable<Binary>,
        at -> SqlInstant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    document_numbers (series, year) { series -> Text, year -> Integer, last -> BigInt, }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::spine::SqlId;
    /// Who may read a document because they take part in its approval.
    document_readers (document_kind, document, employee_id) {
        document_kind -> Text,
        document -> SqlId,
        employee_id -> SqlId,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::spine::{SqlId, SqlInstant};
    /// Migration 0158_stream_ticket.
    stream_tickets (hash) {
        hash -> Binary,
        holder_kind -> Text,
        holder -> SqlId,
        path -> Text,
        expires_at -> SqlInstant,
    }
}
