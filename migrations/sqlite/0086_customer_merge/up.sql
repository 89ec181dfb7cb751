-- Written from migrations/0086_customer_merge.sql by `UPDATE=1 cargo test`: what is to be changed, change there.
-- Two files that turned out to be of one customer, and that this was undone.
CREATE TABLE customer_merges (
    id BLOB PRIMARY KEY NOT NULL,
    kept_id BLOB NOT NULL REFERENCES customers (id),
    merged_id BLOB NOT NULL REFERENCES customers (id),
    -- What the kept file took of the other, by places: nothing personal.
    taken TEXT NOT NULL,
    reason TEXT NOT NULL,
    merged_by_id BLOB NOT NULL REFERENCES users (id),
    merged_at BIGINT NOT NULL,
    undone TEXT,
    version BIGINT NOT NULL,
    CHECK (kept_id <> merged_id)
);
CREATE INDEX customer_merges_by_kept ON customer_merges (kept_id, id);
CREATE INDEX customer_merges_by_merged ON customer_merges (merged_id, id);
CREATE INDEX customer_merges_by_merging ON customer_merges (merged_by_id);
