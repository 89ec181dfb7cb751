-- Written from migrations/0023_task.sql by `UPDATE=1 cargo test`: what is to be changed, change there.
-- Tasks that people give each other: begun, done, accepted or sent back.
CREATE TABLE tasks (
    id BLOB PRIMARY KEY NOT NULL,
    number TEXT NOT NULL UNIQUE,
    title TEXT NOT NULL,
    giver_id BLOB NOT NULL REFERENCES employees (id),
    owner_id BLOB NOT NULL REFERENCES employees (id),
    department_id BLOB NOT NULL REFERENCES departments (id),
    -- A record of any kind, so it refers to no table.
    origin_kind TEXT,
    origin BLOB,
    due_on DATE NOT NULL,
    first_due_on DATE NOT NULL,
    done_on DATE,
    status TEXT NOT NULL,
    detail TEXT NOT NULL,
    given_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    version BIGINT NOT NULL,
    search_text TEXT NOT NULL,
    CHECK ((origin_kind IS NULL) = (origin IS NULL)),
    CHECK (due_on >= first_due_on)
);
CREATE INDEX tasks_by_owner ON tasks (owner_id, status, due_on, id);
CREATE INDEX tasks_by_giver ON tasks (giver_id, status, due_on, id);
CREATE INDEX tasks_by_department ON tasks (department_id, status, due_on, id);
CREATE INDEX tasks_by_due ON tasks (due_on, id);
CREATE INDEX tasks_by_change ON tasks (changed_at, id);
CREATE INDEX tasks_by_origin ON tasks (origin_kind, origin);
