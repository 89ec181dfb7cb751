-- Certificates: what people and teams are honoured with on paper; and the teams that were honoured.
CREATE TABLE certificates (
    id ID PRIMARY KEY NOT NULL,
    number TEXT NOT NULL UNIQUE,
    -- Nobody where it honours a team.
    employee_id ID REFERENCES employees (id),
    department_id ID NOT NULL REFERENCES departments (id),
    period TEXT NOT NULL,
    -- What it is given for, once.
    incident ID NOT NULL UNIQUE,
    detail TEXT NOT NULL,
    issued_on DATE NOT NULL,
    status TEXT NOT NULL,
    changed_at INSTANT NOT NULL,
    version BIGINT NOT NULL,
    search_text TEXT NOT NULL
);
CREATE INDEX certificates_by_employee ON certificates (employee_id, id);
CREATE INDEX certificates_by_department ON certificates (department_id, id);
CREATE INDEX certificates_by_day ON certificates (issued_on, id);
CREATE INDEX certificates_by_change ON certificates (changed_at, id);

CREATE TABLE team_awards (
    id ID PRIMARY KEY NOT NULL,
    appraisal_period_id ID NOT NULL REFERENCES appraisal_periods (id),
    department_id ID NOT NULL REFERENCES departments (id),
    place BIGINT NOT NULL,
    result_hundredths BIGINT NOT NULL,
    detail TEXT NOT NULL,
    changed_at INSTANT NOT NULL,
    version BIGINT NOT NULL,
    UNIQUE (appraisal_period_id, department_id),
    CHECK (place > 0)
);
CREATE INDEX team_awards_by_department ON team_awards (department_id, id);
CREATE INDEX team_awards_by_change ON team_awards (changed_at, id);
