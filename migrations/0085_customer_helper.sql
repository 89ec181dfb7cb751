-- Who helps with whose customers, with what they may do and until when.
CREATE TABLE customer_helpers (
    id ID PRIMARY KEY NOT NULL,
    customer_id ID NOT NULL REFERENCES customers (id),
    employee_id ID NOT NULL REFERENCES employees (id),
    access TEXT NOT NULL,
    until_on DATE NOT NULL,
    granted_by_id ID NOT NULL REFERENCES users (id),
    granted_at INSTANT NOT NULL,
    ended_at INSTANT,
    -- Customer and employee while it was not ended: somebody helps with a customer once.
    live TEXT UNIQUE,
    version BIGINT NOT NULL,
    CHECK ((live IS NULL) = (ended_at IS NOT NULL))
);
CREATE INDEX customer_helpers_by_customer ON customer_helpers (customer_id, id);
CREATE INDEX customer_helpers_by_employee ON customer_helpers (employee_id, until_on, customer_id);
CREATE INDEX customer_helpers_by_granting ON customer_helpers (granted_by_id);
