-- Written from migrations/0099_filing.sql by `UPDATE=1 cargo test`: what is to be changed, change there.
-- Filings: a protected chance per customer and product line.
CREATE TABLE filings (
    id BLOB PRIMARY KEY NOT NULL,
    number TEXT NOT NULL UNIQUE,
    customer_id BLOB NOT NULL REFERENCES customers (id),
    -- By what customers are found to be one.
    customer_key TEXT NOT NULL,
    product_line TEXT NOT NULL,
    filer_id BLOB NOT NULL REFERENCES employees (id),
    department_id BLOB NOT NULL REFERENCES departments (id),
    site TEXT,
    estimate_minor BIGINT NOT NULL,
    currency TEXT NOT NULL,
    expected_on DATE NOT NULL,
    grounds TEXT NOT NULL,
    evidence TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    status TEXT NOT NULL,
    status_at BIGINT,
    status_reason TEXT,
    protected_until DATE,
    is_extended BOOLEAN NOT NULL,
    extension_reason TEXT,
    progressed_on DATE,
    idle_days INTEGER,
    -- The last day on which it protects, as things stand.
    lapses_on DATE,
    against_id BLOB REFERENCES filings (id),
    decided_by_id BLOB REFERENCES employees (id),
    version BIGINT NOT NULL,
    search_text TEXT NOT NULL,
    CHECK (estimate_minor > 0),
    CHECK ((protected_until IS NULL) = (lapses_on IS NULL)),
    CHECK ((protected_until IS NULL) = (progressed_on IS NULL)),
    CHECK (status <> 'protected' OR protected_until IS NOT NULL)
);
-- Of a customer and product line one is live: this decides between two who file at the same moment.
CREATE UNIQUE INDEX filings_live ON filings (customer_key, product_line)
    WHERE status IN ('filed', 'protected');
CREATE INDEX filings_by_customer ON filings (customer_id, id);
CREATE INDEX filings_by_filer ON filings (filer_id, id);
CREATE INDEX filings_by_department ON filings (department_id, id);
CREATE INDEX filings_by_status ON filings (status, id);
CREATE INDEX filings_by_lapse ON filings (status, lapses_on);
CREATE INDEX filings_by_change ON filings (changed_at, id);
CREATE INDEX filings_by_expectation ON filings (expected_on, id);
CREATE INDEX filings_by_rival ON filings (against_id);
CREATE INDEX filings_by_decider ON filings (decided_by_id);
