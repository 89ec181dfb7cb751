-- Written from migrations/0076_customer_export.sql by `UPDATE=1 cargo test`: what is to be changed, change there.
-- Requests to take lists of customers away.
CREATE TABLE customer_exports (
    id BLOB PRIMARY KEY NOT NULL,
    number TEXT NOT NULL UNIQUE,
    department_id BLOB NOT NULL REFERENCES departments (id),
    list TEXT NOT NULL,
    row_limit BIGINT NOT NULL,
    until_on DATE NOT NULL,
    reason TEXT NOT NULL,
    creator_id BLOB NOT NULL REFERENCES users (id),
    creator_employee_id BLOB REFERENCES employees (id),
    submitter_id BLOB NOT NULL REFERENCES employees (id),
    created_at BIGINT NOT NULL,
    status TEXT NOT NULL,
    status_at BIGINT,
    status_reason TEXT,
    approval_id BLOB REFERENCES approvals (id),
    version BIGINT NOT NULL,
    CHECK (row_limit > 0)
);
CREATE INDEX customer_exports_by_department ON customer_exports (department_id, id);
CREATE INDEX customer_exports_by_creator ON customer_exports (creator_id, id);
CREATE INDEX customer_exports_by_creating_employee ON customer_exports (creator_employee_id);
CREATE INDEX customer_exports_by_submitter ON customer_exports (submitter_id, id);
CREATE INDEX customer_exports_by_approval ON customer_exports (approval_id);
CREATE INDEX customer_exports_by_status ON customer_exports (status, id);
