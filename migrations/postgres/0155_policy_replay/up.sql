-- Written from migrations/0155_policy_replay.sql by `UPDATE=1 cargo test`: what is to be changed, change there.
-- Results of replays: what drafts of policies would have decided about a period gone by.
CREATE TABLE policy_replays (
    id UUID PRIMARY KEY NOT NULL,
    drafts TEXT NOT NULL,
    from_on DATE NOT NULL,
    to_on DATE NOT NULL,
    -- Up to which event of the feed history was read.
    sequence BIGINT NOT NULL,
    tally TEXT NOT NULL,
    digest TEXT NOT NULL,
    -- Whoever asked, and nobody else, sees it.
    asked_by_id UUID NOT NULL REFERENCES users (id),
    asked_at TIMESTAMPTZ NOT NULL,
    forgotten_at TIMESTAMPTZ,
    version BIGINT NOT NULL,
    CHECK (from_on <= to_on)
);
CREATE INDEX policy_replays_by_asker ON policy_replays (asked_by_id, id);
CREATE INDEX policy_replays_kept ON policy_replays (asked_at) WHERE forgotten_at IS NULL;

-- Each document that does not come out the same, or drifts.
CREATE TABLE policy_replay_lines (
    id UUID PRIMARY KEY NOT NULL,
    replay_id UUID NOT NULL REFERENCES policy_replays (id),
    decision TEXT NOT NULL,
    policy TEXT NOT NULL,
    verdict TEXT NOT NULL,
    drifts BOOLEAN NOT NULL,
    document_kind TEXT NOT NULL,
    -- Of any kind, so it refers to no table.
    document UUID NOT NULL,
    number TEXT NOT NULL,
    business_date DATE NOT NULL,
    said TEXT NOT NULL
);
CREATE INDEX policy_replay_lines_by_replay ON policy_replay_lines (replay_id, id);
CREATE INDEX policy_replay_lines_by_verdict ON policy_replay_lines (replay_id, verdict, id);
