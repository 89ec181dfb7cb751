-- What customers are to pay of contracts and orders, and by when.
ALTER TABLE sales_contracts ADD COLUMN instalments TEXT NOT NULL DEFAULT '[]';
ALTER TABLE sales_orders ADD COLUMN instalments TEXT NOT NULL DEFAULT '[]';

CREATE TABLE instalments (
    id ID PRIMARY KEY NOT NULL,
    contract_id ID REFERENCES sales_contracts (id),
    order_id ID REFERENCES sales_orders (id),
    number TEXT NOT NULL,
    -- Among those of the same document, from 1 on.
    place INTEGER NOT NULL,
    department_id ID NOT NULL REFERENCES departments (id),
    customer_id ID NOT NULL REFERENCES customers (id),
    submitter_id ID NOT NULL REFERENCES employees (id),
    amount_minor BIGINT NOT NULL,
    open_minor BIGINT NOT NULL,
    currency TEXT NOT NULL,
    milestone TEXT,
    days INTEGER,
    due_on DATE,
    is_called BOOLEAN NOT NULL,
    dropped_at INSTANT,
    status TEXT NOT NULL,
    changed_at INSTANT NOT NULL,
    version BIGINT NOT NULL,
    UNIQUE (contract_id, place),
    UNIQUE (order_id, place),
    CHECK ((contract_id IS NULL) <> (order_id IS NULL)),
    CHECK ((milestone IS NULL) = (days IS NULL)),
    CHECK (milestone IS NOT NULL OR due_on IS NOT NULL),
    CHECK (amount_minor >= 0 AND open_minor >= 0)
);
CREATE INDEX instalments_by_customer ON instalments (customer_id, due_on, id);
CREATE INDEX instalments_by_department ON instalments (department_id, id);
CREATE INDEX instalments_by_submitter ON instalments (submitter_id, id);
CREATE INDEX instalments_by_day ON instalments (due_on, id);
CREATE INDEX instalments_by_status ON instalments (status, due_on, id);
CREATE INDEX instalments_by_change ON instalments (changed_at, id);

-- Only ever added to: what is open of an instalment is their sum, on any day.
CREATE TABLE instalment_entries (
    instalment_id ID NOT NULL REFERENCES instalments (id),
    place INTEGER NOT NULL,
    counted_on DATE NOT NULL,
    amount_minor BIGINT NOT NULL,
    at INSTANT NOT NULL,
    PRIMARY KEY (instalment_id, place)
);
CREATE INDEX instalment_entries_by_day ON instalment_entries (counted_on, instalment_id);

-- What was sold before names no days: all of it is due when it closed.
INSERT INTO instalments (id, contract_id, order_id, number, place, department_id, customer_id, submitter_id, amount_minor,
    open_minor, currency, milestone, days, due_on, is_called, status, changed_at, version)
SELECT id, contract_id, order_id, number, 1, department_id, customer_id, submitter_id, total_minor,
    CASE WHEN total_minor > received_minor THEN total_minor - received_minor ELSE 0 END, currency,
    CASE WHEN closed_on IS NULL THEN 'signature' END, CASE WHEN closed_on IS NULL THEN 0 END, closed_on, FALSE,
    CASE WHEN total_minor <= received_minor THEN 'settled' WHEN closed_on IS NULL THEN 'planned' ELSE 'open' END, changed_at, 1
FROM sales WHERE fell_through_at IS NULL;
INSERT INTO instalment_entries (instalment_id, place, counted_on, amount_minor, at)
SELECT instalments.id, 0, COALESCE(sales.closed_on, '1970-01-01'), instalments.open_minor, sales.opened_at
FROM instalments JOIN sales ON sales.id = instalments.id;
