-- What a counter-document asks for and gets is negative, as its lines are: money that comes back. And a payment that the
-- bank returned counts no more, without the claim being reversed.
--
-- SQLite drops no CHECK of a table; what stands on the disk is the same, so its text is written anew.
PRAGMA writable_schema = ON; -- sqlite only
UPDATE sqlite_master SET sql = replace(sql, -- sqlite only
    'CHECK (paid_minor >= 0 AND paid_minor <= payable_minor)', -- sqlite only
    'CHECK (abs(paid_minor) <= abs(payable_minor) AND (paid_minor = 0 OR (paid_minor > 0) = (payable_minor > 0)))') -- sqlite only
    WHERE type = 'table' AND name = 'expense_claims'; -- sqlite only
UPDATE sqlite_master SET sql = replace(sql, 'CHECK (amount_minor > 0)', 'CHECK (amount_minor <> 0)') -- sqlite only
    WHERE type = 'table' AND name = 'expense_payments'; -- sqlite only
PRAGMA writable_schema = RESET; -- sqlite only
ALTER TABLE expense_claims DROP CONSTRAINT expense_claims_check; -- postgres only
UPDATE expense_claims SET payable_minor = -payable_minor, paid_minor = -paid_minor WHERE reverses_id IS NOT NULL;
ALTER TABLE expense_claims ADD CONSTRAINT expense_claims_paid -- postgres only
    CHECK (abs(paid_minor) <= abs(payable_minor) -- postgres only
        AND (paid_minor = 0 OR (paid_minor > 0) = (payable_minor > 0))); -- postgres only
ALTER TABLE expense_payments DROP CONSTRAINT expense_payments_amount_minor_check; -- postgres only
ALTER TABLE expense_payments ADD CONSTRAINT expense_payments_amount CHECK (amount_minor <> 0); -- postgres only
UPDATE expense_payments SET amount_minor = -amount_minor
WHERE claim_id IN (SELECT id FROM expense_claims WHERE reverses_id IS NOT NULL);

-- Payments that the bank returned.
CREATE TABLE expense_payment_returns (
    claim_id ID NOT NULL REFERENCES expense_claims (id),
    -- Of the payment.
    position INTEGER NOT NULL CHECK (position >= 1),
    reference TEXT NOT NULL,
    returned_on DATE NOT NULL,
    reason TEXT NOT NULL,
    recorded_at INSTANT NOT NULL,
    recorded_by_id ID NOT NULL REFERENCES users (id),
    PRIMARY KEY (claim_id, position)
);
CREATE INDEX expense_payment_returns_by_recorder ON expense_payment_returns (recorded_by_id);
