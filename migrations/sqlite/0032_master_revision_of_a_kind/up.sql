-- How often each kind of master data has changed: what is kept in memory of one kind outlives changes of another.
CREATE TABLE master_revisions (
    kind TEXT NOT NULL PRIMARY KEY,
    revision BIGINT NOT NULL
);
