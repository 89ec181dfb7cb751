-- Written from migrations/0121_appraisal.sql by `UPDATE=1 cargo test`: what is to be changed, change there.
-- Periods of appraisal, the sheet of each person in them, and what people say about each other.
CREATE TABLE appraisal_periods (
    id BLOB PRIMARY KEY NOT NULL,
    period TEXT NOT NULL UNIQUE,
    first_on DATE NOT NULL,
    last_on DATE NOT NULL,
    stage TEXT NOT NULL,
    due_on DATE,
    -- What is being done with everybody of it, until everybody was gone through.
    pass TEXT,
    detail TEXT NOT NULL,
    changed_at BIGINT NOT NULL,
    version BIGINT NOT NULL,
    CHECK (first_on <= last_on)
);
CREATE INDEX appraisal_periods_by_day ON appraisal_periods (first_on, id);
CREATE INDEX appraisal_periods_by_change ON appraisal_periods (changed_at, id);
CREATE INDEX appraisal_periods_by_pass ON appraisal_periods (pass);

CREATE TABLE appraisals (
    id BLOB PRIMARY KEY NOT NULL,
    appraisal_period_id BLOB NOT NULL REFERENCES appraisal_periods (id),
    employee_id BLOB NOT NULL REFERENCES employees (id),
    department_id BLOB NOT NULL REFERENCES departments (id),
    scheme_id BLOB REFERENCES policies (id),
    revision INTEGER NOT NULL,
    status TEXT NOT NULL,
    -- Less than nothing where there is no result.
    result_hundredths BIGINT NOT NULL,
    grade TEXT,
    -- Whether the person objected and nobody has ruled on it.
    is_objected BOOLEAN NOT NULL,
    -- The revision before.
    preceding_id BLOB REFERENCES appraisals (id),
    detail TEXT NOT NULL,
    changed_at BIGINT NOT NULL,
    version BIGINT NOT NULL,
    UNIQUE (appraisal_period_id, employee_id, revision),
    CHECK ((result_hundredths < 0) = (grade IS NULL)),
    CHECK ((preceding_id IS NULL) = (revision = 1))
);
CREATE INDEX appraisals_by_employee ON appraisals (employee_id, id);
CREATE INDEX appraisals_by_department ON appraisals (department_id, id);
CREATE INDEX appraisals_by_scheme ON appraisals (scheme_id);
CREATE INDEX appraisals_by_status ON appraisals (appraisal_period_id, status, employee_id);
CREATE INDEX appraisals_by_result ON appraisals (result_hundredths, id);
CREATE INDEX appraisals_by_preceding ON appraisals (preceding_id);
CREATE INDEX appraisals_by_change ON appraisals (changed_at, id);

CREATE TABLE appraisal_reviews (
    id BLOB PRIMARY KEY NOT NULL,
    appraisal_id BLOB NOT NULL REFERENCES appraisals (id),
    appraisal_period_id BLOB NOT NULL REFERENCES appraisal_periods (id),
    employee_id BLOB NOT NULL REFERENCES employees (id),
    reviewer_id BLOB NOT NULL REFERENCES employees (id),
    kind TEXT NOT NULL,
    days INTEGER NOT NULL,
    -- An exact decimal.
    score TEXT,
    comment TEXT,
    given_at BIGINT,
    version BIGINT NOT NULL,
    UNIQUE (appraisal_id, reviewer_id, kind),
    CHECK ((score IS NULL) = (given_at IS NULL))
);
CREATE INDEX appraisal_reviews_by_reviewer ON appraisal_reviews (reviewer_id, appraisal_period_id, id);
CREATE INDEX appraisal_reviews_by_employee ON appraisal_reviews (employee_id);
CREATE INDEX appraisal_reviews_by_period ON appraisal_reviews (appraisal_period_id);
