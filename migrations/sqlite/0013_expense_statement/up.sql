-- Statements of what a period cost; one live statement per period and department.
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
    status TEXT NOT NULL CHECK (status IN ('draft', 'in_approval', 'returned', 'rejected', 'withdrawn', 'approved',
        'void')),
    status_at BIGINT,
    status_reason TEXT,
    approval_id BLOB REFERENCES approvals (id),
    version BIGINT NOT NULL
);
CREATE UNIQUE INDEX expense_statements_once ON expense_statements (period, department_id)
    WHERE status NOT IN ('void', 'rejected');
CREATE INDEX expense_statements_by_department ON expense_statements (department_id, id);
CREATE INDEX expense_statements_by_creator ON expense_statements (creator_id);
CREATE INDEX expense_statements_by_compiler ON expense_statements (compiler_id);
CREATE INDEX expense_statements_by_approval ON expense_statements (approval_id);
-- What was posted in a period, for statements and reports.
CREATE INDEX expense_claims_by_posting ON expense_claims (posted_on, id) WHERE posted_on IS NOT NULL;
