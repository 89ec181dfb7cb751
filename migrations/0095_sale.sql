-- Sales: one a contract, what they count for whom, and the commission that is booked of them.
CREATE TABLE sales (
    id ID PRIMARY KEY NOT NULL,
    contract_id ID NOT NULL UNIQUE REFERENCES sales_contracts (id),
    number TEXT NOT NULL UNIQUE,
    customer_id ID NOT NULL REFERENCES customers (id),
    department_id ID NOT NULL REFERENCES departments (id),
    submitter_id ID NOT NULL REFERENCES employees (id),
    owner_id ID REFERENCES employees (id),
    region TEXT,
    channel TEXT,
    opened_at INSTANT NOT NULL,
    total_minor BIGINT NOT NULL,
    received_minor BIGINT NOT NULL,
    currency TEXT NOT NULL,
    status TEXT NOT NULL,
    closed_at INSTANT,
    closed_on DATE,
    rule TEXT,
    tier_base_minor BIGINT,
    -- What froze when it closed, as JSON; and what people said of it.
    closing TEXT,
    told TEXT NOT NULL,
    fell_through_at INSTANT,
    changed_at INSTANT NOT NULL,
    version BIGINT NOT NULL,
    CHECK (received_minor >= 0),
    CHECK ((closing IS NULL) = (closed_at IS NULL)),
    CHECK ((closing IS NULL) = (owner_id IS NULL))
);
CREATE INDEX sales_by_customer ON sales (customer_id, id);
CREATE INDEX sales_by_department ON sales (department_id, id);
CREATE INDEX sales_by_submitter ON sales (submitter_id, id);
CREATE INDEX sales_by_owner ON sales (owner_id, closed_on);
CREATE INDEX sales_by_status ON sales (status, id);
CREATE INDEX sales_by_closing ON sales (closed_on, id);
CREATE INDEX sales_by_change ON sales (changed_at, id);

CREATE TABLE sale_lines (
    sale_id ID NOT NULL REFERENCES sales (id),
    place INTEGER NOT NULL,
    product_id ID NOT NULL REFERENCES products (id),
    quantity BIGINT NOT NULL,
    gross_minor BIGINT NOT NULL,
    net_minor BIGINT NOT NULL,
    cost_minor BIGINT,
    PRIMARY KEY (sale_id, place)
);
CREATE INDEX sale_lines_by_product ON sale_lines (product_id, sale_id);

-- Only ever added to: what is taken back has a counter-entry.
CREATE TABLE credit_entries (
    id ID PRIMARY KEY NOT NULL,
    sale_id ID NOT NULL REFERENCES sales (id),
    place INTEGER NOT NULL,
    employee_id ID REFERENCES employees (id),
    department_id ID NOT NULL REFERENCES departments (id),
    product_id ID NOT NULL REFERENCES products (id),
    customer_id ID NOT NULL REFERENCES customers (id),
    region TEXT,
    channel TEXT,
    quantity BIGINT NOT NULL,
    net_minor BIGINT NOT NULL,
    cost_minor BIGINT,
    currency TEXT NOT NULL,
    counted_on DATE NOT NULL,
    UNIQUE (sale_id, place)
);
CREATE INDEX credit_entries_by_employee ON credit_entries (employee_id, counted_on, id);
CREATE INDEX credit_entries_by_department ON credit_entries (department_id, counted_on, id);
CREATE INDEX credit_entries_by_product ON credit_entries (product_id, counted_on, id);
CREATE INDEX credit_entries_by_customer ON credit_entries (customer_id, counted_on, id);
CREATE INDEX credit_entries_by_day ON credit_entries (counted_on, id);

-- Only ever added to: of one source a holder has one entry.
CREATE TABLE commission_entries (
    id ID PRIMARY KEY NOT NULL,
    sale_id ID NOT NULL REFERENCES sales (id),
    place INTEGER NOT NULL,
    -- The receipt, refund or closing it comes from; of any kind, so it refers to no table.
    source ID NOT NULL,
    -- Whose it is; none is the company's.
    employee_id ID REFERENCES employees (id),
    -- The same for the unique key, to which two without anybody would differ.
    holder TEXT NOT NULL,
    amount_minor BIGINT NOT NULL,
    booked_at INSTANT NOT NULL,
    booked_on DATE NOT NULL,
    UNIQUE (sale_id, place),
    UNIQUE (sale_id, source, holder)
);
CREATE INDEX commission_entries_by_employee ON commission_entries (employee_id, booked_on, id);
CREATE INDEX commission_entries_by_day ON commission_entries (booked_on, id);
