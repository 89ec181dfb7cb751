-- Violations of the rules of conduct at a reception, each with the rule it breaks.
CREATE TABLE conduct_violations (
    id ID PRIMARY KEY NOT NULL,
    employee_id ID NOT NULL REFERENCES employees (id),
    department_id ID NOT NULL REFERENCES departments (id),
    site_id ID NOT NULL REFERENCES sites (id),
    rule TEXT NOT NULL,
    happened_on DATE NOT NULL,
    account TEXT NOT NULL,
    citation TEXT NOT NULL,
    recorded_by_id ID NOT NULL REFERENCES users (id),
    recorded_at INSTANT NOT NULL,
    voided TEXT,
    version BIGINT NOT NULL
);
CREATE INDEX conduct_violations_by_employee ON conduct_violations (employee_id, id);
CREATE INDEX conduct_violations_by_department ON conduct_violations (department_id, id);
CREATE INDEX conduct_violations_by_site ON conduct_violations (site_id, id);
CREATE INDEX conduct_violations_by_rule ON conduct_violations (rule, id);
CREATE INDEX conduct_violations_by_recorder ON conduct_violations (recorded_by_id);
