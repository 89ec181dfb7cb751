-- Written from migrations/0097_refund.sql by `UPDATE=1 cargo test`: what is to be changed, change there.
-- Refunds: money that goes back to customers.
CREATE TABLE refunds (
    id BLOB PRIMARY KEY NOT NULL,
    number TEXT NOT NULL UNIQUE,
    department_id BLOB NOT NULL REFERENCES departments (id),
    contract_id BLOB NOT NULL REFERENCES sales_contracts (id),
    amount_minor BIGINT NOT NULL,
    currency TEXT NOT NULL,
    grounds TEXT NOT NULL,
    paid_at BIGINT,
    paid_by_id BLOB REFERENCES users (id),
    -- What finance calls the payment, once.
    reference TEXT UNIQUE,
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
    CHECK (amount_minor > 0),
    CHECK ((paid_at IS NULL) = (status <> 'paid')),
    CHECK ((paid_at IS NULL) = (paid_by_id IS NULL)),
    CHECK ((paid_at IS NULL) = (reference IS NULL))
);
CREATE INDEX refunds_by_department ON refunds (department_id, id);
CREATE INDEX refunds_by_contract ON refunds (contract_id, id);
CREATE INDEX refunds_by_status ON refunds (status, id);
CREATE INDEX refunds_by_payer ON refunds (paid_by_id);
CREATE INDEX refunds_by_change ON refunds (changed_at, id);
CREATE INDEX refunds_by_submitter ON refunds (submitter_id, id);
CREATE INDEX refunds_by_creator ON refunds (creator_id, id);
CREATE INDEX refunds_by_creating_employee ON refunds (creator_employee_id);
CREATE INDEX refunds_by_approval ON refunds (approval_id);
