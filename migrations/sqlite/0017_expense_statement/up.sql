-- Written from migrations/0017_expense_statement.sql by `UPDATE=1 cargo test`: what is to be changed, change there.
-- Statements of what a period cost; one per period and department is in force, one under way.
CREATE TABLE expense_statements (
    id BLOB PRIMARY KEY NOT NULL,
    number TEXT NOT NULL UNIQUE,
    period TEXT NOT NULL,
    department_id BLOB NOT NULL REFERENCES departments (id),
    currency TEXT NOT NULL,
    creator_id BLOB NOT NULL REFERENCES users (id),
    compiler_id BLOB NOT NULL REFERENCES employees (id),
    created_at BIGINT NOT NULL,
    remarks TEXT,
    advice TEXT,
    figures TEXT NOT NULL,
    status TEXT NOT NULL,
    status_at BIGINT,
    status_reason TEXT,
    approval_id BLOB REFERENCES approvals (id),
    version BIGINT NOT NULL,
    -- An approved one may be corrected by another once a month of it was opened again: it stays, and is not in force.
    replaces_id BLOB REFERENCES expense_statements (id),
    replaced_by_id BLOB REFERENCES expense_statements (id),
    changed_at BIGINT NOT NULL,
    search_text TEXT NOT NULL
);
CREATE INDEX expense_statements_by_change ON expense_statements (changed_at, id);
CREATE INDEX expense_statements_by_period ON expense_statements (period, id);
CREATE INDEX expense_statements_by_department ON expense_statements (department_id, id);
CREATE INDEX expense_statements_by_creator ON expense_statements (creator_id);
CREATE INDEX expense_statements_by_compiler ON expense_statements (compiler_id);
CREATE INDEX expense_statements_by_approval ON expense_statements (approval_id);
CREATE INDEX expense_statements_by_replaced ON expense_statements (replaces_id);
CREATE INDEX expense_statements_by_replacing ON expense_statements (replaced_by_id);
CREATE UNIQUE INDEX expense_statements_in_force_once ON expense_statements (period, department_id)
    WHERE status = 'approved' AND replaced_by_id IS NULL;
CREATE UNIQUE INDEX expense_statements_under_way_once ON expense_statements (period, department_id)
    WHERE status IN ('draft', 'in_approval', 'returned', 'withdrawn');
