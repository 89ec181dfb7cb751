-- Written from migrations/0001_spine.sql by `UPDATE=1 cargo test`: what is to be changed, change there.
-- The spine: access epoch and master revision, audit trail, feed, explanations, idempotency, document numbers.
CREATE TABLE access_epoch (
    singleton INTEGER PRIMARY KEY CHECK (singleton = 1),
    epoch BIGINT NOT NULL,
    -- Counts the changes of master data: people, departments, positions, roles, grants, absences, policies.
    master_revision BIGINT NOT NULL
);
INSERT INTO access_epoch (singleton, epoch, master_revision) VALUES (1, 1, 1);

-- How often each kind of master data has changed: what is kept in memory of one kind outlives changes of another.
CREATE TABLE master_revisions (
    kind TEXT PRIMARY KEY NOT NULL,
    revision BIGINT NOT NULL
);

CREATE TABLE ledger_head (
    singleton INTEGER PRIMARY KEY CHECK (singleton = 1),
    audit_sequence BIGINT NOT NULL,
    audit_hash BLOB NOT NULL,
    event_sequence BIGINT NOT NULL
);
INSERT INTO ledger_head (singleton, audit_sequence, audit_hash, event_sequence) VALUES (1, 0, CAST('' AS BLOB), 0);

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
    hash BLOB NOT NULL,
    on_behalf_of BLOB,
    -- What was done is the first of the events that an entry names.
    deed TEXT GENERATED ALWAYS AS (substr(action, 1, instr(action || ' ', ' ') - 1)) VIRTUAL
);
-- Lists of the trail by time, deed, thing, account or person, each by an index in the order of the list.
CREATE INDEX audit_entries_by_time ON audit_entries (at, sequence);
CREATE INDEX audit_entries_by_entity ON audit_entries (entity, at, sequence);
CREATE INDEX audit_entries_by_actor ON audit_entries (actor, at, sequence);
CREATE INDEX audit_entries_by_kind ON audit_entries (entity_kind, at, sequence);
CREATE INDEX audit_entries_by_deed ON audit_entries (deed, at, sequence);
CREATE INDEX audit_entries_by_behalf ON audit_entries (on_behalf_of, at, sequence) WHERE on_behalf_of IS NOT NULL;

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
