-- The spine: access epoch, audit trail, feed, explanations, idempotency, document numbers, policies.
CREATE TABLE access_epoch (
    singleton INTEGER PRIMARY KEY CHECK (singleton = 1),
    epoch BIGINT NOT NULL
);
INSERT INTO access_epoch (singleton, epoch) VALUES (1, 1);

CREATE TABLE ledger_head (
    singleton INTEGER PRIMARY KEY CHECK (singleton = 1),
    audit_sequence BIGINT NOT NULL,
    audit_hash BLOB NOT NULL,
    event_sequence BIGINT NOT NULL
);
INSERT INTO ledger_head (singleton, audit_sequence, audit_hash, event_sequence) VALUES (1, 0, x'', 0);

CREATE TABLE audit_entries (
    sequence BIGINT PRIMARY KEY NOT NULL,
    at BIGINT NOT NULL,
    actor BLOB NOT NULL,
    actor_name TEXT NOT NULL,
    action TEXT NOT NULL,
    entity_kind TEXT NOT NULL,
    entity BLOB NOT NULL,
    entity_version BIGINT NOT NULL,
    before TEXT,
    after TEXT,
    salt BLOB,
    request TEXT NOT NULL,
    origin TEXT,
    content_hash BLOB NOT NULL,
    hash BLOB NOT NULL
);
CREATE INDEX audit_entries_by_entity ON audit_entries (entity, sequence);
CREATE INDEX audit_entries_by_actor ON audit_entries (actor, sequence);

CREATE TABLE events (
    sequence BIGINT PRIMARY KEY NOT NULL,
    id BLOB NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    entity_kind TEXT NOT NULL,
    entity BLOB NOT NULL,
    entity_version BIGINT NOT NULL,
    actor BLOB NOT NULL,
    facts TEXT NOT NULL,
    at BIGINT NOT NULL
);
CREATE INDEX events_by_entity ON events (entity, sequence);

CREATE TABLE explanations (
    id BLOB PRIMARY KEY NOT NULL,
    entity_kind TEXT NOT NULL,
    entity BLOB NOT NULL,
    decision TEXT NOT NULL,
    rule TEXT NOT NULL,
    citation TEXT NOT NULL,
    facts TEXT NOT NULL,
    at BIGINT NOT NULL
);
CREATE INDEX explanations_by_entity ON explanations (entity, id);

CREATE TABLE idempotency_keys (
    caller BLOB NOT NULL,
    key TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    status INTEGER NOT NULL,
    etag TEXT,
    location TEXT,
    body BLOB,
    at BIGINT NOT NULL,
    PRIMARY KEY (caller, key)
);
CREATE INDEX idempotency_keys_by_age ON idempotency_keys (at);

CREATE TABLE document_numbers (
    series TEXT NOT NULL,
    year INTEGER NOT NULL,
    last BIGINT NOT NULL,
    PRIMARY KEY (series, year)
);

CREATE TABLE policies (
    id BLOB PRIMARY KEY NOT NULL,
    code TEXT NOT NULL,
    number INTEGER NOT NULL,
    title TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('draft', 'published')),
    effective_from DATE NOT NULL,
    content TEXT NOT NULL,
    clause TEXT NOT NULL,
    published_by BLOB,
    published_at BIGINT,
    version BIGINT NOT NULL,
    UNIQUE (code, number)
);
CREATE INDEX policies_in_force ON policies (code, status, effective_from, number);
