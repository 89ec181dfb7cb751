-- Written from migrations/0138_credit_grant.sql by `UPDATE=1 cargo test`: what is to be changed, change there.
-- What customers may owe at most, and orders that may go beyond.
CREATE TABLE credit_grants (
    id BLOB PRIMARY KEY NOT NULL,
    number TEXT NOT NULL UNIQUE,
    department_id BLOB NOT NULL REFERENCES departments (id),
    customer_id BLOB NOT NULL REFERENCES customers (id),
    kind TEXT NOT NULL,
    limit_minor BIGINT,
    currency TEXT NOT NULL,
    days INTEGER,
    valid_to DATE,
    order_id BLOB REFERENCES sales_orders (id),
    grounds TEXT NOT NULL,
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
    CHECK (limit_minor IS NULL OR limit_minor >= 0),
    CHECK ((kind = 'limit') = (limit_minor IS NOT NULL)),
    CHECK ((kind = 'limit') = (days IS NOT NULL)),
    CHECK ((kind = 'release') = (order_id IS NOT NULL))
);
CREATE INDEX credit_grants_by_department ON credit_grants (department_id, id);
CREATE INDEX credit_grants_by_customer ON credit_grants (customer_id, status, id);
CREATE INDEX credit_grants_by_order ON credit_grants (order_id, status);
CREATE INDEX credit_grants_by_status ON credit_grants (status, id);
CREATE INDEX credit_grants_by_change ON credit_grants (changed_at, id);
CREATE INDEX credit_grants_by_submitter ON credit_grants (submitter_id, id);
CREATE INDEX credit_grants_by_creator ON credit_grants (creator_id, id);
CREATE INDEX credit_grants_by_creating_employee ON credit_grants (creator_employee_id);
CREATE INDEX credit_grants_by_approval ON credit_grants (approval_id);
