-- Written from migrations/0083_ownership_transfer.sql by `UPDATE=1 cargo test`: what is to be changed, change there.
-- Customers who are handed to somebody else, once approvers agree.
CREATE TABLE ownership_transfers (
    id BLOB PRIMARY KEY NOT NULL,
    number TEXT NOT NULL UNIQUE,
    department_id BLOB NOT NULL REFERENCES departments (id),
    from_id BLOB NOT NULL REFERENCES employees (id),
    to_id BLOB NOT NULL REFERENCES employees (id),
    is_hand_over BOOLEAN NOT NULL,
    reason TEXT NOT NULL,
    open_matters TEXT NOT NULL,
    creator_id BLOB NOT NULL REFERENCES users (id),
    creator_employee_id BLOB REFERENCES employees (id),
    submitter_id BLOB NOT NULL REFERENCES employees (id),
    created_at BIGINT NOT NULL,
    status TEXT NOT NULL,
    status_at BIGINT,
    status_reason TEXT,
    approval_id BLOB REFERENCES approvals (id),
    version BIGINT NOT NULL
);
CREATE INDEX ownership_transfers_by_department ON ownership_transfers (department_id, id);
CREATE INDEX ownership_transfers_by_giver ON ownership_transfers (from_id, id);
CREATE INDEX ownership_transfers_by_receiver ON ownership_transfers (to_id, id);
CREATE INDEX ownership_transfers_by_creator ON ownership_transfers (creator_id, id);
CREATE INDEX ownership_transfers_by_creating_employee ON ownership_transfers (creator_employee_id);
CREATE INDEX ownership_transfers_by_submitter ON ownership_transfers (submitter_id, id);
CREATE INDEX ownership_transfers_by_approval ON ownership_transfers (approval_id);
CREATE INDEX ownership_transfers_by_status ON ownership_transfers (status, id);

CREATE TABLE ownership_transfer_customers (
    transfer_id BLOB NOT NULL REFERENCES ownership_transfers (id),
    place INTEGER NOT NULL,
    customer_id BLOB NOT NULL REFERENCES customers (id),
    outcome TEXT NOT NULL,
    because TEXT,
    PRIMARY KEY (transfer_id, place),
    UNIQUE (transfer_id, customer_id)
);
CREATE INDEX ownership_transfer_customers_by_customer ON ownership_transfer_customers (customer_id);
