-- Written from migrations/0132_sales_report.sql by `UPDATE=1 cargo test`: what is to be changed, change there.
-- Reports of selling: of a day or a month, one a person.
CREATE TABLE sales_reports (
    id BLOB PRIMARY KEY NOT NULL,
    employee_id BLOB NOT NULL REFERENCES employees (id),
    department_id BLOB NOT NULL REFERENCES departments (id),
    span TEXT NOT NULL,
    period TEXT NOT NULL,
    -- What records showed, as JSON.
    figures TEXT NOT NULL,
    comment TEXT,
    status TEXT NOT NULL,
    compiled_at BIGINT NOT NULL,
    submitted_at BIGINT,
    changed_at BIGINT NOT NULL,
    version BIGINT NOT NULL,
    UNIQUE (employee_id, period),
    CHECK ((status = 'submitted') = (submitted_at IS NOT NULL))
);
CREATE INDEX sales_reports_by_department ON sales_reports (department_id, id);
CREATE INDEX sales_reports_by_period ON sales_reports (period, id);
CREATE INDEX sales_reports_by_status ON sales_reports (status, id);
CREATE INDEX sales_reports_by_change ON sales_reports (changed_at, id);
