-- Packs that were loaded, and the digests of what each of them wrote.
CREATE TABLE loaded_packs (
    id ID PRIMARY KEY NOT NULL,
    code TEXT NOT NULL UNIQUE,
    edition TEXT NOT NULL,
    -- The digest of what the pack said of each item, by kind and code.
    written TEXT NOT NULL,
    loaded_at INSTANT NOT NULL,
    version BIGINT NOT NULL
);
