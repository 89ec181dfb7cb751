-- Written from migrations/0165_duty_filing.sql by `UPDATE=1 cargo test`: what is to be changed, change there.
-- What was filed for a period: a duty that is raised later finds it done.
CREATE TABLE duty_filings (
    source TEXT NOT NULL,
    -- Of any kind, so it refers to no table.
    record BLOB NOT NULL,
    occasion TEXT NOT NULL,
    employee_id BLOB NOT NULL REFERENCES employees (id),
    department_id BLOB NOT NULL REFERENCES departments (id),
    -- What rules may ask of it.
    facts TEXT NOT NULL,
    filed_by BLOB NOT NULL,
    filed_at BIGINT NOT NULL,
    PRIMARY KEY (source, record)
);
CREATE INDEX duty_filings_by_occasion ON duty_filings (source, occasion, filed_at, record);
CREATE INDEX duty_filings_by_employee ON duty_filings (employee_id);
CREATE INDEX duty_filings_by_department ON duty_filings (department_id);
