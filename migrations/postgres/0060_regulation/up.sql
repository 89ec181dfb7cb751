-- Written from migrations/0060_regulation.sql by `UPDATE=1 cargo test`: what is to be changed, change there.
-- Regulations: what the company has written down, by version and clause, who knows of it, and how it could be better.
CREATE TABLE regulations (
    id UUID PRIMARY KEY NOT NULL,
    code TEXT NOT NULL UNIQUE,
    title TEXT NOT NULL,
    department_id UUID NOT NULL REFERENCES departments (id),
    interpreter_id UUID NOT NULL REFERENCES departments (id),
    -- For whom it holds, as JSON.
    scope TEXT NOT NULL,
    -- The digest of the text that the product entered last; none where people wrote it.
    shipped_digest TEXT,
    created_at TIMESTAMPTZ NOT NULL,
    changed_at TIMESTAMPTZ NOT NULL,
    version BIGINT NOT NULL,
    search_text TEXT NOT NULL
);
CREATE INDEX regulations_by_department ON regulations (department_id, id);
CREATE INDEX regulations_by_interpreter ON regulations (interpreter_id);
CREATE INDEX regulations_by_change ON regulations (changed_at, id);

CREATE TABLE regulation_versions (
    id UUID PRIMARY KEY NOT NULL,
    number TEXT NOT NULL UNIQUE,
    regulation_id UUID NOT NULL REFERENCES regulations (id),
    department_id UUID NOT NULL REFERENCES departments (id),
    edition INTEGER NOT NULL,
    nature TEXT NOT NULL,
    summary TEXT NOT NULL,
    review_on DATE,
    -- Of the text as people read it.
    digest TEXT NOT NULL,
    published_at TIMESTAMPTZ,
    publisher_id UUID REFERENCES users (id),
    effective_from DATE,
    superseded_from DATE,
    repealed_from DATE,
    repealed_at TIMESTAMPTZ,
    repeal_reason TEXT,
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
    CHECK (edition > 0),
    CHECK ((published_at IS NULL) = (effective_from IS NULL)),
    CHECK ((published_at IS NULL) = (publisher_id IS NULL)),
    CHECK (superseded_from IS NULL OR superseded_from > effective_from),
    CHECK (repealed_from IS NULL OR repealed_from >= effective_from),
    CHECK ((repealed_from IS NULL) = (repealed_at IS NULL))
);
CREATE UNIQUE INDEX regulation_versions_by_edition ON regulation_versions (regulation_id, edition);
-- One is written at a time.
CREATE UNIQUE INDEX regulation_versions_in_work ON regulation_versions (regulation_id)
    WHERE status IN ('draft', 'in_approval', 'returned', 'withdrawn', 'approved');
CREATE INDEX regulation_versions_by_department ON regulation_versions (department_id, id);
CREATE INDEX regulation_versions_by_status ON regulation_versions (status, id);
CREATE INDEX regulation_versions_by_publisher ON regulation_versions (publisher_id);
CREATE INDEX regulation_versions_by_effect ON regulation_versions (effective_from, id);
CREATE INDEX regulation_versions_by_change ON regulation_versions (changed_at, id);
CREATE INDEX regulation_versions_by_creator ON regulation_versions (creator_id, id);
CREATE INDEX regulation_versions_by_creating_employee ON regulation_versions (creator_employee_id);
CREATE INDEX regulation_versions_by_submitter ON regulation_versions (submitter_id, id);
CREATE INDEX regulation_versions_by_approval ON regulation_versions (approval_id);

CREATE TABLE regulation_clauses (
    version_id UUID NOT NULL REFERENCES regulation_versions (id),
    -- Stays through all versions.
    code TEXT NOT NULL,
    position INTEGER NOT NULL,
    kind TEXT NOT NULL,
    parent TEXT,
    number TEXT NOT NULL,
    text TEXT NOT NULL,
    is_binding BOOLEAN NOT NULL,
    PRIMARY KEY (version_id, code)
);
CREATE UNIQUE INDEX regulation_clauses_by_position ON regulation_clauses (version_id, position);

-- As of which revision of the master data everybody was asked.
CREATE TABLE regulation_askings (
    version_id UUID PRIMARY KEY NOT NULL REFERENCES regulation_versions (id),
    revision BIGINT NOT NULL,
    asked_on DATE NOT NULL
);

CREATE TABLE regulation_acknowledgements (
    id UUID PRIMARY KEY NOT NULL,
    regulation_id UUID NOT NULL REFERENCES regulations (id),
    version_id UUID NOT NULL REFERENCES regulation_versions (id),
    employee_id UUID NOT NULL REFERENCES employees (id),
    department_id UUID NOT NULL REFERENCES departments (id),
    asked_at TIMESTAMPTZ NOT NULL,
    status TEXT NOT NULL,
    status_at TIMESTAMPTZ,
    edition INTEGER,
    digest TEXT,
    filed_by_id UUID REFERENCES users (id),
    cause TEXT,
    changed_at TIMESTAMPTZ NOT NULL,
    version BIGINT NOT NULL,
    CHECK ((status = 'acknowledged') = (digest IS NOT NULL)),
    CHECK ((status = 'lapsed') = (cause IS NOT NULL))
);
CREATE UNIQUE INDEX regulation_acknowledgements_by_person ON regulation_acknowledgements (version_id, employee_id);
CREATE INDEX regulation_acknowledgements_by_regulation ON regulation_acknowledgements (regulation_id, id);
CREATE INDEX regulation_acknowledgements_by_employee ON regulation_acknowledgements (employee_id, id);
CREATE INDEX regulation_acknowledgements_by_department ON regulation_acknowledgements (department_id, id);
CREATE INDEX regulation_acknowledgements_by_status ON regulation_acknowledgements (status, version_id);
CREATE INDEX regulation_acknowledgements_by_change ON regulation_acknowledgements (changed_at, id);
CREATE INDEX regulation_acknowledgements_by_filer ON regulation_acknowledgements (filed_by_id);

CREATE TABLE regulation_suggestions (
    id UUID PRIMARY KEY NOT NULL,
    number TEXT NOT NULL UNIQUE,
    regulation_id UUID NOT NULL REFERENCES regulations (id),
    department_id UUID NOT NULL REFERENCES departments (id),
    clause TEXT,
    text TEXT NOT NULL,
    is_anonymous BOOLEAN NOT NULL,
    creator_id UUID NOT NULL REFERENCES users (id),
    submitter_id UUID NOT NULL REFERENCES employees (id),
    created_at TIMESTAMPTZ NOT NULL,
    changed_at TIMESTAMPTZ NOT NULL,
    status TEXT NOT NULL,
    status_at TIMESTAMPTZ,
    status_reason TEXT,
    draft_id UUID REFERENCES regulation_versions (id),
    joined_to_id UUID REFERENCES regulation_suggestions (id),
    version BIGINT NOT NULL,
    search_text TEXT NOT NULL,
    CHECK ((status = 'joined') = (joined_to_id IS NOT NULL)),
    CHECK ((status IN ('adopted', 'in_force')) = (draft_id IS NOT NULL))
);
CREATE INDEX regulation_suggestions_by_regulation ON regulation_suggestions (regulation_id, id);
CREATE INDEX regulation_suggestions_by_department ON regulation_suggestions (department_id, id);
CREATE INDEX regulation_suggestions_by_status ON regulation_suggestions (status, id);
CREATE INDEX regulation_suggestions_by_submitter ON regulation_suggestions (submitter_id, id);
CREATE INDEX regulation_suggestions_by_creator ON regulation_suggestions (creator_id);
CREATE INDEX regulation_suggestions_by_draft ON regulation_suggestions (draft_id);
CREATE INDEX regulation_suggestions_by_joined ON regulation_suggestions (joined_to_id);
CREATE INDEX regulation_suggestions_by_change ON regulation_suggestions (changed_at, id);
