-- Written from migrations/0007_budget.sql by `UPDATE=1 cargo test`: what is to be changed, change there.
-- Budgets, the lines they open, the ledger of each line, what documents hold, and in whose name it is used.
CREATE TABLE budgets (
    id BLOB PRIMARY KEY NOT NULL,
    number TEXT NOT NULL UNIQUE,
    title TEXT NOT NULL,
    fiscal_year INTEGER NOT NULL,
    scope TEXT NOT NULL,
    department_id BLOB NOT NULL REFERENCES departments (id),
    region TEXT,
    campaign TEXT,
    currency TEXT NOT NULL,
    total_minor BIGINT NOT NULL CHECK (total_minor >= 0),
    content TEXT NOT NULL,
    copied_from_id BLOB REFERENCES budgets (id),
    creator_id BLOB NOT NULL REFERENCES users (id),
    creator_employee_id BLOB REFERENCES employees (id),
    submitter_id BLOB NOT NULL REFERENCES employees (id),
    created_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    status TEXT NOT NULL,
    status_at BIGINT,
    status_reason TEXT,
    approval_id BLOB REFERENCES approvals (id),
    version BIGINT NOT NULL,
    search_text TEXT NOT NULL
);
CREATE INDEX budgets_by_change ON budgets (changed_at, id);
CREATE INDEX budgets_by_total ON budgets (total_minor, id);
CREATE INDEX budgets_by_year ON budgets (fiscal_year, id);
CREATE INDEX budgets_by_department ON budgets (department_id, id);
CREATE INDEX budgets_by_status ON budgets (status, id);
CREATE INDEX budgets_by_copied_from ON budgets (copied_from_id);
CREATE INDEX budgets_by_creator ON budgets (creator_id);
CREATE INDEX budgets_by_creator_employee ON budgets (creator_employee_id);
CREATE INDEX budgets_by_submitter ON budgets (submitter_id);
CREATE INDEX budgets_by_approval ON budgets (approval_id);

CREATE TABLE budget_lines (
    id BLOB PRIMARY KEY NOT NULL,
    budget_id BLOB NOT NULL REFERENCES budgets (id),
    department_id BLOB NOT NULL REFERENCES departments (id),
    category TEXT NOT NULL,
    period TEXT NOT NULL,
    fiscal_year INTEGER NOT NULL,
    first_day DATE NOT NULL,
    last_day DATE NOT NULL CHECK (last_day > first_day),
    campaign TEXT,
    region TEXT,
    purpose TEXT NOT NULL,
    control TEXT NOT NULL,
    currency TEXT NOT NULL,
    allocated_minor BIGINT NOT NULL CHECK (allocated_minor >= 0),
    beyond_minor BIGINT NOT NULL CHECK (beyond_minor >= 0),
    reserved_minor BIGINT NOT NULL CHECK (reserved_minor >= 0),
    committed_minor BIGINT NOT NULL CHECK (committed_minor >= 0),
    spent_minor BIGINT NOT NULL CHECK (spent_minor >= 0),
    entries BIGINT NOT NULL,
    is_open BOOLEAN NOT NULL,
    version BIGINT NOT NULL,
    -- The month in which it was last told of a line that its year leads beyond its budget.
    run_rate_month TEXT,
    -- Never overdrawn, whatever a server of ours does.
    CHECK (reserved_minor + committed_minor + spent_minor <= allocated_minor)
);
CREATE INDEX budget_lines_by_allocation ON budget_lines (allocated_minor, id);
CREATE INDEX budget_lines_by_budget ON budget_lines (budget_id, id);
CREATE INDEX budget_lines_by_department ON budget_lines (department_id, first_day);
CREATE INDEX budget_lines_by_year ON budget_lines (fiscal_year, id);
-- One line for one key among the lines that documents are charged to.
CREATE UNIQUE INDEX budget_lines_once ON budget_lines (department_id, category, period, COALESCE(campaign, ''),
    COALESCE(region, ''), purpose) WHERE is_open;

CREATE TABLE budget_entries (
    line_id BLOB NOT NULL REFERENCES budget_lines (id),
    position BIGINT NOT NULL CHECK (position >= 1),
    kind TEXT NOT NULL,
    allocated_minor BIGINT NOT NULL,
    beyond_minor BIGINT NOT NULL,
    reserved_minor BIGINT NOT NULL,
    committed_minor BIGINT NOT NULL,
    spent_minor BIGINT NOT NULL,
    after_allocated_minor BIGINT NOT NULL,
    after_beyond_minor BIGINT NOT NULL,
    after_reserved_minor BIGINT NOT NULL,
    after_committed_minor BIGINT NOT NULL,
    after_spent_minor BIGINT NOT NULL,
    document_kind TEXT,
    document BLOB,
    document_line INTEGER,
    month TEXT NOT NULL,
    reason TEXT,
    employee_id BLOB REFERENCES employees (id),
    entered_at BIGINT NOT NULL,
    entered_by_id BLOB NOT NULL REFERENCES users (id),
    PRIMARY KEY (line_id, position)
);
CREATE INDEX budget_entries_by_document ON budget_entries (document_kind, document);
CREATE INDEX budget_entries_by_month ON budget_entries (month, line_id);
CREATE INDEX budget_entries_by_employee ON budget_entries (employee_id, month);
CREATE INDEX budget_entries_by_enterer ON budget_entries (entered_by_id);

CREATE TABLE budget_holdings (
    document_kind TEXT NOT NULL,
    document BLOB NOT NULL,
    document_line INTEGER NOT NULL CHECK (document_line >= 1),
    line_id BLOB NOT NULL REFERENCES budget_lines (id),
    source_kind TEXT,
    source BLOB,
    source_line INTEGER,
    reserved_minor BIGINT NOT NULL CHECK (reserved_minor >= 0),
    over_minor BIGINT NOT NULL CHECK (over_minor >= 0),
    committed_minor BIGINT NOT NULL CHECK (committed_minor >= 0),
    drawn_minor BIGINT NOT NULL CHECK (drawn_minor >= 0),
    spent_minor BIGINT NOT NULL CHECK (spent_minor >= 0),
    granted_minor BIGINT NOT NULL CHECK (granted_minor >= 0),
    is_closed BOOLEAN NOT NULL,
    PRIMARY KEY (document_kind, document, document_line)
);
CREATE INDEX budget_holdings_by_line ON budget_holdings (line_id);
CREATE INDEX budget_holdings_by_source ON budget_holdings (source_kind, source);

-- What of each budget line is used in whose name: the sums of the line's entries, so that a report by person
-- need not read a ledger of millions. `ledger verify` proves them.
CREATE TABLE budget_uses (
    line_id BLOB NOT NULL REFERENCES budget_lines (id),
    employee_id BLOB NOT NULL REFERENCES employees (id),
    reserved_minor BIGINT NOT NULL,
    committed_minor BIGINT NOT NULL,
    spent_minor BIGINT NOT NULL,
    PRIMARY KEY (line_id, employee_id)
);
CREATE INDEX budget_uses_by_employee ON budget_uses (employee_id);
