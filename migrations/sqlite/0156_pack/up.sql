-- Written from migrations/0156_pack.sql by `UPDATE=1 cargo test`: what is to be changed, change there.
-- Packs that were loaded, and the digests of what each of them wrote.
CREATE TABLE loaded_packs (
    id BLOB PRIMARY KEY NOT NULL,
    code TEXT NOT NULL UNIQUE,
    edition TEXT NOT NULL,
    -- The digest of what the pack said of each item, by kind and code.
    written TEXT NOT NULL,
    loaded_at BIGINT NOT NULL,
    version BIGINT NOT NULL
);
