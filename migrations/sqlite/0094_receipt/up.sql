-- Written from migrations/0094_receipt.sql by `UPDATE=1 cargo test`: what is to be changed, change there.
-- What customers paid, and what of it went to which contract.
CREATE TABLE receipts (
    id BLOB PRIMARY KEY NOT NULL,
    number TEXT NOT NULL UNIQUE,
    department_id BLOB NOT NULL REFERENCES departments (id),
    customer_id BLOB NOT NULL REFERENCES customers (id),
    amount_minor BIGINT NOT NULL,
    currency TEXT NOT NULL,
    unallocated_minor BIGINT NOT NULL,
    received_on DATE NOT NULL,
    payer TEXT,
    bank_account TEXT,
    bank_reference TEXT,
    source TEXT,
    external_identity TEXT,
    is_deposit BOOLEAN NOT NULL,
    taken_by_id BLOB REFERENCES employees (id),
    is_suspect BOOLEAN NOT NULL,
    recorded_by_id BLOB NOT NULL REFERENCES users (id),
    recorded_at BIGINT NOT NULL,
    status TEXT NOT NULL,
    bounced_at BIGINT,
    bounced_reason TEXT,
    changed_at BIGINT NOT NULL,
    version BIGINT NOT NULL,
    UNIQUE (bank_account, bank_reference),
    UNIQUE (source, external_identity),
    CHECK ((bank_account IS NULL) = (bank_reference IS NULL)),
    CHECK ((source IS NULL) = (external_identity IS NULL)),
    CHECK ((bounced_at IS NULL) = (status <> 'bounced')),
    CHECK (amount_minor > 0),
    CHECK (unallocated_minor >= 0 AND unallocated_minor <= amount_minor)
);
CREATE INDEX receipts_by_department ON receipts (department_id, id);
CREATE INDEX receipts_by_customer ON receipts (customer_id, received_on, id);
CREATE INDEX receipts_by_day ON receipts (received_on, id);
CREATE INDEX receipts_by_status ON receipts (status, id);
CREATE INDEX receipts_by_taker ON receipts (taken_by_id);
CREATE INDEX receipts_by_recorder ON receipts (recorded_by_id, id);
CREATE INDEX receipts_by_change ON receipts (changed_at, id);

-- Only ever added to: below nothing where an allocation is undone.
CREATE TABLE receipt_allocations (
    id BLOB PRIMARY KEY NOT NULL,
    receipt_id BLOB NOT NULL REFERENCES receipts (id),
    place INTEGER NOT NULL,
    contract_id BLOB NOT NULL REFERENCES sales_contracts (id),
    amount_minor BIGINT NOT NULL,
    at BIGINT NOT NULL,
    UNIQUE (receipt_id, place)
);
CREATE INDEX receipt_allocations_by_contract ON receipt_allocations (contract_id, id);
