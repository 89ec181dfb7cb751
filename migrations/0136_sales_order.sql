-- Orders of customers, and how far their lines are. What is shipped and returned is counted among the figures.
CREATE TABLE sales_orders (
    id ID PRIMARY KEY NOT NULL,
    number TEXT NOT NULL UNIQUE,
    department_id ID NOT NULL REFERENCES departments (id),
    customer_id ID NOT NULL REFERENCES customers (id),
    contract_id ID REFERENCES sales_contracts (id),
    region TEXT,
    channel TEXT,
    deliver_by DATE,
    note TEXT,
    source TEXT,
    external_identity TEXT,
    discount_minor BIGINT NOT NULL,
    total_minor BIGINT NOT NULL,
    -- What the customer pays by now: nothing before it is submitted, and less what is cancelled or came back.
    kept_minor BIGINT NOT NULL,
    currency TEXT NOT NULL,
    hold_kind TEXT,
    -- That it is on hold, that another system took it over, and the clock of its stage, as JSON.
    hold TEXT,
    taken TEXT,
    clock TEXT,
    approved_at INSTANT,
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
    UNIQUE (source, external_identity),
    CHECK ((source IS NULL) = (external_identity IS NULL)),
    CHECK ((hold IS NULL) = (hold_kind IS NULL)),
    CHECK (total_minor > 0 AND discount_minor >= 0),
    CHECK (kept_minor >= 0 AND kept_minor <= total_minor)
);
CREATE INDEX sales_orders_by_department ON sales_orders (department_id, id);
CREATE INDEX sales_orders_by_customer ON sales_orders (customer_id, approved_at, id);
CREATE INDEX sales_orders_by_contract ON sales_orders (contract_id, id);
CREATE INDEX sales_orders_by_status ON sales_orders (status, id);
CREATE INDEX sales_orders_by_approval_day ON sales_orders (approved_at, id);
CREATE INDEX sales_orders_by_change ON sales_orders (changed_at, id);
CREATE INDEX sales_orders_by_submitter ON sales_orders (submitter_id, id);
CREATE INDEX sales_orders_by_creator ON sales_orders (creator_id, id);
CREATE INDEX sales_orders_by_creating_employee ON sales_orders (creator_employee_id);
CREATE INDEX sales_orders_by_approval ON sales_orders (approval_id);

CREATE TABLE sales_order_lines (
    id ID PRIMARY KEY NOT NULL,
    order_id ID NOT NULL REFERENCES sales_orders (id),
    place INTEGER NOT NULL,
    product_id ID NOT NULL REFERENCES products (id),
    -- In ten-thousandths of the unit.
    quantity BIGINT NOT NULL,
    price_minor BIGINT NOT NULL,
    tax_rate_bp INTEGER NOT NULL,
    produced BIGINT NOT NULL,
    delivered BIGINT NOT NULL,
    cancelled BIGINT NOT NULL,
    UNIQUE (order_id, place),
    CHECK (quantity > 0 AND price_minor > 0),
    CHECK (produced >= 0 AND delivered >= 0),
    CHECK (cancelled >= 0 AND cancelled <= quantity)
);
CREATE INDEX sales_order_lines_by_product ON sales_order_lines (product_id, order_id);

-- An order under no contract is a sale of its own, and money is allocated to it. What is taken out is a constraint alone, so
-- that SQLite needs not copy the table.
ALTER TABLE sales ALTER COLUMN contract_id DROP NOT NULL; -- postgres only
ALTER TABLE receipt_allocations ALTER COLUMN contract_id DROP NOT NULL; -- postgres only
PRAGMA writable_schema = ON; -- sqlite only
UPDATE sqlite_master SET sql = replace(sql, 'contract_id BLOB NOT NULL UNIQUE', 'contract_id BLOB UNIQUE') -- sqlite only
    WHERE type = 'table' AND name = 'sales'; -- sqlite only
UPDATE sqlite_master SET sql = replace(sql, 'contract_id BLOB NOT NULL REFERENCES', 'contract_id BLOB REFERENCES') -- sqlite only
    WHERE type = 'table' AND name = 'receipt_allocations'; -- sqlite only
PRAGMA writable_schema = RESET; -- sqlite only
ALTER TABLE sales ADD COLUMN order_id ID REFERENCES sales_orders (id) CHECK ((order_id IS NULL) <> (contract_id IS NULL));
CREATE UNIQUE INDEX sales_by_order ON sales (order_id);
ALTER TABLE receipt_allocations ADD COLUMN order_id ID REFERENCES sales_orders (id) CHECK ((order_id IS NULL) <> (contract_id IS NULL));
CREATE INDEX receipt_allocations_by_order ON receipt_allocations (order_id, id);
