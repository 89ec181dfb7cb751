-- Written from migrations/0087_conduct_violation.sql by `UPDATE=1 cargo test`: what is to be changed, change there.
-- Violations of the rules of conduct at a reception, each with the rule it breaks.
CREATE TABLE conduct_violations (
    id UUID PRIMARY KEY NOT NULL,
    employee_id UUID NOT NULL REFERENCES employees (id),
    department_id UUID NOT NULL REFERENCES departments (id),
    site_id UUID NOT NULL REFERENCES sites (id),
    rule TEXT NOT NULL,
    happened_on DATE NOT NULL,
    account TEXT NOT NULL,
    citation TEXT NOT NULL,
    recorded_by_id UUID NOT NULL REFERENCES users (id),
    recorded_at TIMESTAMPTZ NOT NULL,
    voided TEXT,
    version BIGINT NOT NULL
);
CREATE INDEX conduct_violations_by_employee ON conduct_violations (employee_id, id);
CREATE INDEX conduct_violations_by_department ON conduct_violations (department_id, id);
CREATE INDEX conduct_violations_by_site ON conduct_violations (site_id, id);
CREATE INDEX conduct_violations_by_rule ON conduct_violations (rule, id);
CREATE INDEX conduct_violations_by_recorder ON conduct_violations (recorded_by_id);
