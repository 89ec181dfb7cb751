-- What takes longer than a request may: who asked for it, how far it has come, and which server works on it.
CREATE TABLE operations (
    id ID PRIMARY KEY NOT NULL,
    kind TEXT NOT NULL,
    title TEXT NOT NULL,
    asker_id ID NOT NULL REFERENCES users (id),
    api_key_id ID REFERENCES api_keys (id),
    asked TEXT NOT NULL,
    status TEXT NOT NULL,
    -- Which of the places of its asker it takes while it runs.
    place BIGINT,
    done BIGINT NOT NULL,
    total BIGINT,
    is_cancelling BOOLEAN NOT NULL,
    attempts BIGINT NOT NULL,
    detail TEXT NOT NULL,
    asked_at INSTANT NOT NULL,
    changed_at INSTANT NOT NULL,
    ended_at INSTANT,
    version BIGINT NOT NULL,
    search_text TEXT NOT NULL,
    -- Counts the takings: what a worker with another one brings is refused.
    fence BIGINT NOT NULL DEFAULT 0,
    lease_until INSTANT,
    CHECK ((status = 'running') = (place IS NOT NULL)),
    CHECK (place IN (1, 2)),
    CHECK (done >= 0 AND (total IS NULL OR total >= done)),
    CHECK ((status IN ('succeeded', 'failed', 'cancelled')) = (ended_at IS NOT NULL))
);
-- No more at once of one person than there are places.
CREATE UNIQUE INDEX operations_at_once ON operations (asker_id, place);
CREATE INDEX operations_by_asker ON operations (asker_id, id);
CREATE INDEX operations_by_change ON operations (asker_id, changed_at, id);
CREATE INDEX operations_by_key ON operations (api_key_id);
CREATE INDEX operations_by_status ON operations (status, id);
CREATE INDEX operations_by_end ON operations (ended_at);

-- What was handed in, a batch each, until it is done; and the file of results, as it grew, for a week.
CREATE TABLE operation_pieces (
    operation_id ID NOT NULL REFERENCES operations (id),
    part TEXT NOT NULL,
    number BIGINT NOT NULL,
    body BYTES NOT NULL,
    PRIMARY KEY (operation_id, part, number)
);
