-- Pay-outs and repayments of advances that were recorded by mistake, each with the counter-entry that undoes it.
CREATE TABLE cash_advance_reversals (
    advance_id UUID NOT NULL REFERENCES cash_advances (id),
    position INTEGER NOT NULL CHECK (position >= 1),
    kind TEXT NOT NULL CHECK (kind IN ('payout', 'repayment')),
    amount_minor BIGINT NOT NULL CHECK (amount_minor > 0),
    original_reference TEXT NOT NULL,
    original_on DATE NOT NULL,
    original_at TIMESTAMPTZ NOT NULL,
    original_by_id UUID NOT NULL REFERENCES users (id),
    reference TEXT NOT NULL,
    reversed_on DATE NOT NULL,
    reason TEXT NOT NULL,
    recorded_at TIMESTAMPTZ NOT NULL,
    recorded_by_id UUID NOT NULL REFERENCES users (id),
    advance_account TEXT NOT NULL,
    bank_account TEXT NOT NULL,
    PRIMARY KEY (advance_id, position),
    -- What was undone is not done again under its name, and a counter-entry is recorded once.
    UNIQUE (advance_id, kind, original_reference),
    UNIQUE (advance_id, kind, reference),
    CHECK (reversed_on >= original_on)
);
CREATE INDEX cash_advance_reversals_by_original ON cash_advance_reversals (original_by_id);
CREATE INDEX cash_advance_reversals_by_recorder ON cash_advance_reversals (recorded_by_id);
CREATE INDEX cash_advance_reversals_by_original_day ON cash_advance_reversals (original_on);
CREATE INDEX cash_advance_reversals_by_day ON cash_advance_reversals (reversed_on);
