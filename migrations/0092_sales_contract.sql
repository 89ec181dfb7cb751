-- Contracts of sale, and what they sell.
CREATE TABLE sales_contracts (
    id ID PRIMARY KEY NOT NULL,
    number TEXT NOT NULL UNIQUE,
    department_id ID NOT NULL REFERENCES departments (id),
    customer_id ID NOT NULL REFERENCES customers (id),
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    region TEXT,
    channel TEXT,
    discount_minor BIGINT NOT NULL,
    total_minor BIGINT NOT NULL,
    currency TEXT NOT NULL,
    review TEXT NOT NULL,
    approved_at INSTANT,
    signed_on DATE,
    signed_at INSTANT,
    taken_by_id ID REFERENCES employees (id),
    original TEXT,
    creator_id ID NOT NULL REFERENCES users (id),
    creator_employee_id ID REFERENCES employees (id),
    submitter_id ID NOT NULL REFERENCES employees (id),
    created_at INSTANT NOT NULL,
    changed_at INSTANT NOT NULL,
    status TEXT NOT NULL,
    status_at INSTANT,
    status_reason TEXT,
    approval_id ID REFERENCES approvals (id),
    version BIGINT NOT NULL,
    search_text TEXT NOT NULL,
    CHECK (total_minor > 0 AND discount_minor >= 0),
    CHECK ((signed_on IS NULL) = (signed_at IS NULL)),
    CHECK ((signed_on IS NULL) = (taken_by_id IS NULL)),
    CHECK ((signed_on IS NULL) = (original IS NULL))
);
CREATE INDEX sales_contracts_by_department ON sales_contracts (department_id, id);
CREATE INDEX sales_contracts_by_customer ON sales_contracts (customer_id, approved_at, id);
CREATE INDEX sales_contracts_by_status ON sales_contracts (status, id);
CREATE INDEX sales_contracts_by_signature ON sales_contracts (signed_on, id);
CREATE INDEX sales_contracts_by_taker ON sales_contracts (taken_by_id);
CREATE INDEX sales_contracts_by_change ON sales_contracts (changed_at, id);
CREATE INDEX sales_contracts_by_submitter ON sales_contracts (submitter_id, id);
CREATE INDEX sales_contracts_by_creator ON sales_contracts (creator_id, id);
CREATE INDEX sales_contracts_by_creating_employee ON sales_contracts (creator_employee_id);
CREATE INDEX sales_contracts_by_approval ON sales_contracts (approval_id);

CREATE TABLE sales_contract_lines (
    contract_id ID NOT NULL REFERENCES sales_contracts (id),
    place INTEGER NOT NULL,
    product_id ID NOT NULL REFERENCES products (id),
    -- In ten-thousandths of the unit.
    quantity BIGINT NOT NULL,
    price_minor BIGINT NOT NULL,
    tax_rate_bp INTEGER NOT NULL,
    PRIMARY KEY (contract_id, place),
    CHECK (quantity > 0 AND price_minor > 0)
);
CREATE INDEX sales_contract_lines_by_product ON sales_contract_lines (product_id, contract_id);
