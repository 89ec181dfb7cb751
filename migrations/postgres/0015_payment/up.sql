-- Written from migrations/0015_payment.sql by `UPDATE=1 cargo test`: what is to be changed, change there.
-- What was paid of a claim, and when.
CREATE TABLE expense_payments (
    claim_id UUID NOT NULL REFERENCES expense_claims (id),
    position INTEGER NOT NULL CHECK (position >= 1),
    reference TEXT NOT NULL,
    amount_minor BIGINT NOT NULL CHECK (amount_minor > 0),
    paid_on DATE NOT NULL,
    confirmed_at TIMESTAMPTZ NOT NULL,
    confirmed_by_id UUID NOT NULL REFERENCES users (id),
    PRIMARY KEY (claim_id, position),
    UNIQUE (claim_id, reference)
);
CREATE INDEX expense_payments_by_reference ON expense_payments (reference);
CREATE INDEX expense_payments_by_confirmer ON expense_payments (confirmed_by_id);
