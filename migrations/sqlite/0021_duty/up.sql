-- Written from migrations/0021_duty.sql by `UPDATE=1 cargo test`: what is to be changed, change there.
-- Duties: what a rule calls for, once for each subject and occasion; who is told when; how timely they were done.
CREATE TABLE duties (
    id BLOB PRIMARY KEY NOT NULL,
    rule_id BLOB NOT NULL REFERENCES policies (id),
    -- Not the version: a new one never raises a second duty.
    rule_code TEXT NOT NULL,
    rule_number INTEGER NOT NULL,
    clause TEXT NOT NULL,
    source TEXT NOT NULL,
    -- Whose it is, as one text: unique with the rule and the occasion.
    subject TEXT NOT NULL,
    occasion TEXT NOT NULL,
    responsible_id BLOB NOT NULL REFERENCES employees (id),
    department_id BLOB NOT NULL REFERENCES departments (id),
    opens_at BIGINT NOT NULL,
    due_at BIGINT,
    -- When it is missed if nothing is done.
    missed_at BIGINT,
    status TEXT NOT NULL,
    -- Where it stands in the tallies; empty while it is not counted as done or not done.
    tallied TEXT NOT NULL,
    -- The record that fulfils it. Of any kind, so it refers to no table.
    record BLOB,
    -- How timely it was: when what was done counts as received.
    counted_at BIGINT,
    detail TEXT NOT NULL,
    raised_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    version BIGINT NOT NULL,
    UNIQUE (rule_code, occasion, subject)
);
CREATE INDEX duties_by_responsible ON duties (responsible_id, status, due_at, id);
CREATE INDEX duties_by_department ON duties (department_id, status, due_at, id);
CREATE INDEX duties_by_due ON duties (due_at, id);
CREATE INDEX duties_by_change ON duties (changed_at, id);
CREATE INDEX duties_by_subject ON duties (subject, status);
CREATE INDEX duties_by_source ON duties (source, status, occasion);
CREATE INDEX duties_by_record ON duties (record);
CREATE INDEX duties_by_rule ON duties (rule_id);
CREATE INDEX duties_by_miss ON duties (status, tallied, missed_at);

-- What happens to a duty that is not done; a row is gone once it has happened or cannot any more.
CREATE TABLE duty_effects (
    duty_id BLOB NOT NULL REFERENCES duties (id),
    number INTEGER NOT NULL,
    -- Who is told; none where it is missed.
    recipient TEXT,
    at BIGINT NOT NULL,
    PRIMARY KEY (duty_id, number)
);
CREATE INDEX duty_effects_by_instant ON duty_effects (at, duty_id, number);

-- How far each rule has been followed.
CREATE TABLE duty_watermarks (
    rule_code TEXT PRIMARY KEY NOT NULL,
    -- The last period that was raised whole.
    occasion TEXT,
    -- Under which revision of people and policies, and on which day, those who come and go were looked at last.
    revision BIGINT NOT NULL,
    looked_on DATE NOT NULL
);

-- How timely duties were done: kept with each change of one, so that a board reads rows of months.
CREATE TABLE duty_tallies (
    month TEXT NOT NULL,
    rule_code TEXT NOT NULL,
    clause TEXT NOT NULL,
    department_id BLOB NOT NULL REFERENCES departments (id),
    employee_id BLOB NOT NULL REFERENCES employees (id),
    raised BIGINT NOT NULL,
    on_time BIGINT NOT NULL,
    late BIGINT NOT NULL,
    missed BIGINT NOT NULL,
    made_up BIGINT NOT NULL,
    excused BIGINT NOT NULL,
    waived BIGINT NOT NULL,
    cancelled BIGINT NOT NULL,
    PRIMARY KEY (month, rule_code, clause, department_id, employee_id),
    CHECK (raised >= 0 AND on_time >= 0 AND late >= 0 AND missed >= 0),
    CHECK (made_up >= 0 AND excused >= 0 AND waived >= 0 AND cancelled >= 0)
);
CREATE INDEX duty_tallies_by_department ON duty_tallies (department_id, month);
CREATE INDEX duty_tallies_by_employee ON duty_tallies (employee_id, month);

-- When any server last showed a sign of life, and when none did.
CREATE TABLE server_signs (
    id INTEGER PRIMARY KEY NOT NULL,
    at BIGINT NOT NULL
);
CREATE TABLE server_outages (
    id BLOB PRIMARY KEY NOT NULL,
    from_at BIGINT NOT NULL UNIQUE,
    until_at BIGINT NOT NULL,
    version BIGINT NOT NULL
);
