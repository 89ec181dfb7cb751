-- Written from migrations/0002_policy.sql by `UPDATE=1 cargo test`: what is to be changed, change there.
-- Policies: what can be regulated without a release, in versions.
CREATE TABLE policies (
    id BLOB PRIMARY KEY NOT NULL,
    code TEXT NOT NULL,
    number INTEGER NOT NULL,
    title TEXT NOT NULL,
    status TEXT NOT NULL,
    effective_from DATE NOT NULL,
    content TEXT NOT NULL,
    clause TEXT NOT NULL,
    published_by BLOB,
    published_at BIGINT,
    version BIGINT NOT NULL,
    search_text TEXT NOT NULL,
    UNIQUE (code, number)
);
CREATE INDEX policies_by_first_day ON policies (effective_from, id);
CREATE INDEX policies_in_force ON policies (code, status, effective_from, number);
