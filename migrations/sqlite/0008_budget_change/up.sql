-- Written from migrations/0008_budget_change.sql by `UPDATE=1 cargo test`: what is to be changed, change there.
-- Changes of active budgets.
CREATE TABLE budget_changes (
    id BLOB PRIMARY KEY NOT NULL,
    number TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    fiscal_year INTEGER NOT NULL,
    department_id BLOB NOT NULL REFERENCES departments (id),
    reason TEXT NOT NULL,
    event TEXT,
    event_on DATE,
    movements TEXT NOT NULL,
    currency TEXT NOT NULL,
    total_minor BIGINT NOT NULL CHECK (total_minor >= 0),
    creator_id BLOB NOT NULL REFERENCES users (id),
    submitter_id BLOB NOT NULL REFERENCES employees (id),
    created_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    status TEXT NOT NULL,
    status_at BIGINT,
    status_reason TEXT,
    approval_id BLOB REFERENCES approvals (id),
    version BIGINT NOT NULL,
    -- A change may give back what a draw on an emergency fund took and nobody needed.
    gives_back_id BLOB REFERENCES budget_changes (id),
    -- A draw states the event it answers; nothing else does.
    search_text TEXT NOT NULL,
    CHECK ((kind = 'emergency_draw') = (event IS NOT NULL))
);
CREATE INDEX budget_changes_by_change ON budget_changes (changed_at, id);
CREATE INDEX budget_changes_by_total ON budget_changes (total_minor, id);
CREATE INDEX budget_changes_by_kind ON budget_changes (kind, status, id);
CREATE INDEX budget_changes_by_department ON budget_changes (department_id, id);
CREATE INDEX budget_changes_by_creator ON budget_changes (creator_id);
CREATE INDEX budget_changes_by_submitter ON budget_changes (submitter_id);
CREATE INDEX budget_changes_by_approval ON budget_changes (approval_id);
CREATE INDEX budget_changes_by_draw ON budget_changes (gives_back_id);
