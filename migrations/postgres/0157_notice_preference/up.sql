-- Written from migrations/0157_notice_preference.sql by `UPDATE=1 cargo test`: what is to be changed, change there.
-- What somebody does not want to be reminded of.
CREATE TABLE notice_preferences (
    id UUID PRIMARY KEY NOT NULL,
    employee_id UUID NOT NULL UNIQUE REFERENCES employees (id),
    -- The kinds of notices, as a list of codes.
    muted TEXT NOT NULL,
    version BIGINT NOT NULL
);
