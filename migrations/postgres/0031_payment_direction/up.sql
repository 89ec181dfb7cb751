-- Written from migrations/0031_payment_direction.sql by `UPDATE=1 cargo test`: what is to be changed, change there.
-- What a counter-document asks for and gets is negative, as its lines are: money that comes back. And a payment that the
-- bank returned counts no more, without the claim being reversed.
--
-- SQLite drops no CHECK of a table; what stands on the disk is the same, so its text is written anew.
ALTER TABLE expense_claims DROP CONSTRAINT expense_claims_check;
UPDATE expense_claims SET payable_minor = -payable_minor, paid_minor = -paid_minor WHERE reverses_id IS NOT NULL;
ALTER TABLE expense_claims ADD CONSTRAINT expense_claims_paid
    CHECK (abs(paid_minor) <= abs(payable_minor)
        AND (paid_minor = 0 OR (paid_minor > 0) = (payable_minor > 0)));
ALTER TABLE expense_payments DROP CONSTRAINT expense_payments_amount_minor_check;
ALTER TABLE expense_payments ADD CONSTRAINT expense_payments_amount CHECK (amount_minor <> 0);
UPDATE expense_payments SET amount_minor = -amount_minor
WHERE claim_id IN (SELECT id FROM expense_claims WHERE reverses_id IS NOT NULL);

-- Payments that the bank returned.
CREATE TABLE expense_payment_returns (
    claim_id UUID NOT NULL REFERENCES expense_claims (id),
    -- Of the payment.
    position INTEGER NOT NULL CHECK (position >= 1),
    reference TEXT NOT NULL,
    returned_on DATE NOT NULL,
    reason TEXT NOT NULL,
    recorded_at TIMESTAMPTZ NOT NULL,
    recorded_by_id UUID NOT NULL REFERENCES users (id),
    PRIMARY KEY (claim_id, position)
);
CREATE INDEX expense_payment_returns_by_recorder ON expense_payment_returns (recorded_by_id);
