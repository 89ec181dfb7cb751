-- What somebody does not want to be reminded of.
CREATE TABLE notice_preferences (
    id ID PRIMARY KEY NOT NULL,
    employee_id ID NOT NULL UNIQUE REFERENCES employees (id),
    -- The kinds of notices, as a list of codes.
    muted TEXT NOT NULL,
    version BIGINT NOT NULL
);
