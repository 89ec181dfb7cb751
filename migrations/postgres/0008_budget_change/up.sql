-- Changes of active budgets, and analyses of their execution.
CREATE TABLE budget_changes (
    id UUID PRIMARY KEY NOT NULL,
    number TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL CHECK (kind IN ('adjustment', 'emergency_draw')),
    fiscal_year INTEGER NOT NULL,
    department_id UUID NOT NULL REFERENCES departments (id),
    reason TEXT NOT NULL,
    event TEXT,
    event_on DATE,
    movements TEXT NOT NULL,
    currency TEXT NOT NULL,
    total_minor BIGINT NOT NULL CHECK (total_minor >= 0),
    creator_id UUID NOT NULL REFERENCES users (id),
    submitter_id UUID NOT NULL REFERENCES employees (id),
    created_at TIMESTAMPTZ NOT NULL,
    changed_at TIMESTAMPTZ NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('draft', 'in_approval', 'returned', 'rejected', 'withdrawn', 'effective',
        'void')),
    status_at TIMESTAMPTZ,
    status_reason TEXT,
    approval_id UUID REFERENCES approvals (id),
    version BIGINT NOT NULL,
    -- A draw states the event it answers; nothing else does.
    CHECK ((kind = 'emergency_draw') = (event IS NOT NULL))
);
CREATE INDEX budget_changes_by_kind ON budget_changes (kind, status, id);
CREATE INDEX budget_changes_by_department ON budget_changes (department_id, id);
CREATE INDEX budget_changes_by_creator ON budget_changes (creator_id);
CREATE INDEX budget_changes_by_submitter ON budget_changes (submitter_id);
CREATE INDEX budget_changes_by_approval ON budget_changes (approval_id);

CREATE TABLE budget_analyses (
    id UUID PRIMARY KEY NOT NULL,
    title TEXT NOT NULL,
    period TEXT NOT NULL,
    fiscal_year INTEGER NOT NULL,
    department_id UUID REFERENCES departments (id),
    body TEXT NOT NULL,
    conclusions TEXT NOT NULL,
    figures TEXT NOT NULL,
    currency TEXT NOT NULL,
    author_id UUID NOT NULL REFERENCES employees (id),
    filed_by_id UUID NOT NULL REFERENCES users (id),
    filed_at TIMESTAMPTZ NOT NULL,
    version BIGINT NOT NULL
);
CREATE INDEX budget_analyses_by_year ON budget_analyses (fiscal_year, id);
CREATE INDEX budget_analyses_by_department ON budget_analyses (department_id);
CREATE INDEX budget_analyses_by_author ON budget_analyses (author_id);
CREATE INDEX budget_analyses_by_filer ON budget_analyses (filed_by_id);
