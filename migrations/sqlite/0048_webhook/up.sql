-- Written from migrations/0048_webhook.sql by `UPDATE=1 cargo test`: what is to be changed, change there.
-- Where other systems are told of events, how far each has been, and what came of each attempt.
CREATE TABLE webhook_endpoints (
    id BLOB PRIMARY KEY NOT NULL,
    name TEXT NOT NULL,
    owner_id BLOB NOT NULL REFERENCES users (id),
    url TEXT NOT NULL,
    kinds TEXT NOT NULL,
    is_ordered BOOLEAN NOT NULL,
    -- Sealed by the secret of the server.
    secret TEXT NOT NULL,
    previous_secret TEXT,
    previous_until BIGINT,
    status TEXT NOT NULL,
    disabled_at BIGINT,
    disabled_by TEXT,
    made_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    version BIGINT NOT NULL,
    search_text TEXT NOT NULL,
    CHECK ((previous_secret IS NULL) = (previous_until IS NULL)),
    CHECK ((status = 'disabled') = (disabled_at IS NOT NULL)),
    CHECK ((disabled_at IS NULL) = (disabled_by IS NULL))
);
CREATE INDEX webhook_endpoints_by_owner ON webhook_endpoints (owner_id);
CREATE INDEX webhook_endpoints_by_change ON webhook_endpoints (changed_at, id);

-- One row an endpoint: up to which event of the feed it was looked after, and by which worker.
CREATE TABLE webhook_cursors (
    endpoint_id BLOB PRIMARY KEY NOT NULL REFERENCES webhook_endpoints (id),
    position BIGINT NOT NULL,
    -- Counts the takings: what a worker with another one brings is refused.
    fence BIGINT NOT NULL,
    lease_until BIGINT,
    -- The last event that was taken.
    succeeded BIGINT NOT NULL,
    succeeded_at BIGINT,
    failing_since BIGINT,
    told_at BIGINT,
    slow_until BIGINT,
    CHECK (position >= 0),
    CHECK (told_at IS NULL OR failing_since IS NOT NULL)
);

-- What failed and is tried again: rows for failures alone.
CREATE TABLE webhook_retries (
    endpoint_id BLOB NOT NULL REFERENCES webhook_endpoints (id),
    -- An event of the feed, which may not be kept as long, so it refers to no table.
    sequence BIGINT NOT NULL,
    failures BIGINT NOT NULL,
    next_at BIGINT NOT NULL,
    PRIMARY KEY (endpoint_id, sequence),
    CHECK (failures >= 0)
);
CREATE INDEX webhook_retries_by_time ON webhook_retries (endpoint_id, next_at);

CREATE TABLE webhook_attempts (
    id BLOB PRIMARY KEY NOT NULL,
    endpoint_id BLOB NOT NULL REFERENCES webhook_endpoints (id),
    message TEXT NOT NULL,
    -- None: a test.
    sequence BIGINT,
    kind TEXT NOT NULL,
    number BIGINT NOT NULL,
    at BIGINT NOT NULL,
    milliseconds BIGINT NOT NULL,
    outcome TEXT NOT NULL,
    status INTEGER,
    error TEXT,
    answer TEXT NOT NULL
);
CREATE INDEX webhook_attempts_by_endpoint ON webhook_attempts (endpoint_id, id);
CREATE INDEX webhook_attempts_by_age ON webhook_attempts (at);
