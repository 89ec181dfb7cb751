-- Written from migrations/0073_customer_consent.sql by `UPDATE=1 cargo test`: what is to be changed, change there.
-- What customers agreed to, and took back.
CREATE TABLE customer_consents (
    id UUID PRIMARY KEY NOT NULL,
    customer_id UUID NOT NULL REFERENCES customers (id),
    purpose TEXT NOT NULL,
    means TEXT NOT NULL,
    given_at TIMESTAMPTZ NOT NULL,
    note TEXT,
    recorded_by_id UUID NOT NULL REFERENCES users (id),
    withdrawn_at TIMESTAMPTZ,
    version BIGINT NOT NULL
);
CREATE INDEX customer_consents_by_customer ON customer_consents (customer_id, id);
CREATE INDEX customer_consents_by_recorder ON customer_consents (recorded_by_id);
