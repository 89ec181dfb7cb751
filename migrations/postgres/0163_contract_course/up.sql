-- Written from migrations/0163_contract_course.sql by `UPDATE=1 cargo test`: what is to be changed, change there.
-- Refunds go back of contracts, and of orders that are sales of their own. What is taken out is a constraint alone, so that
-- SQLite needs not copy the table.
ALTER TABLE refunds ALTER COLUMN contract_id DROP NOT NULL;
ALTER TABLE refunds ADD COLUMN order_id UUID REFERENCES sales_orders (id) CHECK ((order_id IS NULL) <> (contract_id IS NULL));
CREATE INDEX refunds_by_order ON refunds (order_id, id);

-- Contracts are amended and terminated. What one said before stays, with the first day on which it held no more.
ALTER TABLE sales_contracts ADD COLUMN revision INTEGER NOT NULL DEFAULT 1;
ALTER TABLE sales_contracts ADD COLUMN ended_on DATE;
ALTER TABLE sales_contracts ADD COLUMN expires_on DATE;
CREATE INDEX sales_contracts_by_expiry ON sales_contracts (expires_on, id);
CREATE TABLE sales_contract_revisions (
    contract_id UUID NOT NULL REFERENCES sales_contracts (id),
    revision INTEGER NOT NULL,
    superseded_on DATE NOT NULL,
    content TEXT NOT NULL,
    PRIMARY KEY (contract_id, revision),
    CHECK (revision > 0)
);

CREATE TABLE contract_amendments (
    id UUID PRIMARY KEY NOT NULL,
    number TEXT NOT NULL UNIQUE,
    department_id UUID NOT NULL REFERENCES departments (id),
    contract_id UUID NOT NULL REFERENCES sales_contracts (id),
    kind TEXT NOT NULL,
    -- What the contract sells from then on, as JSON; and what it came to, once it is in force.
    lines TEXT NOT NULL,
    discount_minor BIGINT NOT NULL,
    currency TEXT NOT NULL,
    refunds BOOLEAN NOT NULL,
    grounds TEXT NOT NULL,
    effect TEXT,
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
    CHECK (discount_minor >= 0)
);
CREATE INDEX contract_amendments_by_department ON contract_amendments (department_id, id);
CREATE INDEX contract_amendments_by_contract ON contract_amendments (contract_id, id);
CREATE INDEX contract_amendments_by_status ON contract_amendments (status, id);
CREATE INDEX contract_amendments_by_change ON contract_amendments (changed_at, id);
CREATE INDEX contract_amendments_by_submitter ON contract_amendments (submitter_id, id);
CREATE INDEX contract_amendments_by_creator ON contract_amendments (creator_id, id);
CREATE INDEX contract_amendments_by_creating_employee ON contract_amendments (creator_employee_id);
CREATE INDEX contract_amendments_by_approval ON contract_amendments (approval_id);
-- Of the amendments of a contract one waits for its reviewers at a time.
CREATE UNIQUE INDEX contract_amendments_pending ON contract_amendments (contract_id) WHERE status = 'in_approval';

-- What is to come about of contracts, the monthly checks of who leads, and their papers in the archive.
CREATE TABLE contract_milestones (
    id UUID PRIMARY KEY NOT NULL,
    contract_id UUID NOT NULL REFERENCES sales_contracts (id),
    department_id UUID NOT NULL REFERENCES departments (id),
    submitter_id UUID NOT NULL REFERENCES employees (id),
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    due_on DATE NOT NULL,
    reached_on DATE,
    reached_at TIMESTAMPTZ,
    reached_by_id UUID REFERENCES users (id),
    evidence TEXT,
    dropped_at TIMESTAMPTZ,
    dropped_reason TEXT,
    status TEXT NOT NULL,
    changed_at TIMESTAMPTZ NOT NULL,
    version BIGINT NOT NULL,
    CHECK ((reached_on IS NULL) = (status <> 'reached')),
    CHECK ((dropped_at IS NULL) = (status <> 'dropped'))
);
CREATE INDEX contract_milestones_by_contract ON contract_milestones (contract_id, id);
CREATE INDEX contract_milestones_by_department ON contract_milestones (department_id, id);
CREATE INDEX contract_milestones_by_submitter ON contract_milestones (submitter_id, id);
CREATE INDEX contract_milestones_by_status ON contract_milestones (status, due_on, id);
CREATE INDEX contract_milestones_by_day ON contract_milestones (due_on, id);
CREATE INDEX contract_milestones_by_reacher ON contract_milestones (reached_by_id);

CREATE TABLE contract_checks (
    id UUID PRIMARY KEY NOT NULL,
    department_id UUID NOT NULL REFERENCES departments (id),
    month TEXT NOT NULL,
    employee_id UUID NOT NULL REFERENCES employees (id),
    performing BIGINT NOT NULL,
    late_milestones BIGINT NOT NULL,
    -- What was found, each with the task that was given for it, as JSON.
    findings TEXT NOT NULL,
    note TEXT,
    filed_at TIMESTAMPTZ NOT NULL,
    version BIGINT NOT NULL,
    UNIQUE (department_id, month),
    CHECK (performing >= 0 AND late_milestones >= 0)
);
CREATE INDEX contract_checks_by_employee ON contract_checks (employee_id, id);
CREATE INDEX contract_checks_by_month ON contract_checks (month, id);

CREATE TABLE archived_papers (
    id UUID PRIMARY KEY NOT NULL,
    contract_id UUID NOT NULL REFERENCES sales_contracts (id),
    department_id UUID NOT NULL REFERENCES departments (id),
    kind TEXT NOT NULL,
    title TEXT NOT NULL,
    place TEXT NOT NULL,
    files TEXT NOT NULL,
    loans TEXT NOT NULL,
    borrower_id UUID REFERENCES employees (id),
    due_on DATE,
    kept_at TIMESTAMPTZ NOT NULL,
    changed_at TIMESTAMPTZ NOT NULL,
    version BIGINT NOT NULL,
    CHECK ((borrower_id IS NULL) = (due_on IS NULL))
);
CREATE INDEX archived_papers_by_contract ON archived_papers (contract_id, id);
CREATE INDEX archived_papers_by_department ON archived_papers (department_id, id);
CREATE INDEX archived_papers_by_borrower ON archived_papers (borrower_id, due_on);
