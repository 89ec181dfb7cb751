-- On whose behalf somebody acted; and lists of the trail by time, deed, thing, account or person, each by an index in the
-- order of the list. What was done is the first of the events that an entry names.
ALTER TABLE audit_entries ADD COLUMN on_behalf_of UUID;
ALTER TABLE audit_entries ADD COLUMN deed TEXT
    GENERATED ALWAYS AS (split_part(action, ' ', 1)) STORED;
DROP INDEX audit_entries_by_entity;
DROP INDEX audit_entries_by_actor;
CREATE INDEX audit_entries_by_time ON audit_entries (at, sequence);
CREATE INDEX audit_entries_by_entity ON audit_entries (entity, at, sequence);
CREATE INDEX audit_entries_by_actor ON audit_entries (actor, at, sequence);
CREATE INDEX audit_entries_by_kind ON audit_entries (entity_kind, at, sequence);
CREATE INDEX audit_entries_by_deed ON audit_entries (deed, at, sequence);
CREATE INDEX audit_entries_by_behalf ON audit_entries (on_behalf_of, at, sequence) WHERE on_behalf_of IS NOT NULL;
