-- Written from migrations/0020_vacancy.sql by `UPDATE=1 cargo test`: what is to be changed, change there.
-- Vacancies: places that a department may fill, and who took them.
CREATE TABLE vacancies (
    id UUID PRIMARY KEY NOT NULL,
    number TEXT NOT NULL UNIQUE,
    department_id UUID NOT NULL REFERENCES departments (id),
    position_id UUID NOT NULL REFERENCES positions (id),
    places BIGINT NOT NULL,
    -- How many of them are taken: whatever comes at the same time, never more than there are.
    taken BIGINT NOT NULL,
    replaces_id UUID REFERENCES employees (id),
    needed_by DATE NOT NULL,
    profile TEXT NOT NULL,
    opened_on DATE,
    opened_at TIMESTAMPTZ,
    expires_on DATE,
    creator_id UUID NOT NULL REFERENCES users (id),
    creator_employee_id UUID REFERENCES employees (id),
    submitter_id UUID NOT NULL REFERENCES employees (id),
    created_at TIMESTAMPTZ NOT NULL,
    changed_at TIMESTAMPTZ NOT NULL,
    status TEXT NOT NULL,
    status_at TIMESTAMPTZ,
    status_reason TEXT,
    approval_id UUID REFERENCES approvals (id),
    version BIGINT NOT NULL,
    search_text TEXT NOT NULL,
    CHECK (places > 0),
    CHECK (taken >= 0 AND taken <= places),
    CHECK ((opened_on IS NULL) = (expires_on IS NULL)),
    CHECK ((opened_on IS NULL) = (opened_at IS NULL))
);
CREATE INDEX vacancies_by_department ON vacancies (department_id, id);
CREATE INDEX vacancies_by_position ON vacancies (position_id, status);
CREATE INDEX vacancies_by_replaced ON vacancies (replaces_id);
CREATE INDEX vacancies_by_status ON vacancies (status, id);
CREATE INDEX vacancies_by_expiry ON vacancies (status, expires_on);
CREATE INDEX vacancies_by_need ON vacancies (needed_by, id);
CREATE INDEX vacancies_by_change ON vacancies (changed_at, id);
CREATE INDEX vacancies_by_submitter ON vacancies (submitter_id, id);
CREATE INDEX vacancies_by_creator ON vacancies (creator_id, id);
CREATE INDEX vacancies_by_creating_employee ON vacancies (creator_employee_id);
CREATE INDEX vacancies_by_approval ON vacancies (approval_id);

CREATE TABLE vacancy_places (
    vacancy_id UUID NOT NULL REFERENCES vacancies (id),
    number INTEGER NOT NULL,
    employee_id UUID NOT NULL REFERENCES employees (id),
    from_on DATE NOT NULL,
    at TIMESTAMPTZ NOT NULL,
    freed_at TIMESTAMPTZ,
    PRIMARY KEY (vacancy_id, number)
);
CREATE INDEX vacancy_places_by_employee ON vacancy_places (employee_id, from_on);
