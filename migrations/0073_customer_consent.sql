-- What customers agreed to, and took back.
CREATE TABLE customer_consents (
    id ID PRIMARY KEY NOT NULL,
    customer_id ID NOT NULL REFERENCES customers (id),
    purpose TEXT NOT NULL,
    means TEXT NOT NULL,
    given_at INSTANT NOT NULL,
    note TEXT,
    recorded_by_id ID NOT NULL REFERENCES users (id),
    withdrawn_at INSTANT,
    version BIGINT NOT NULL
);
CREATE INDEX customer_consents_by_customer ON customer_consents (customer_id, id);
CREATE INDEX customer_consents_by_recorder ON customer_consents (recorded_by_id);
