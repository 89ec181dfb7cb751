-- Written from migrations/0016_cash_advance.sql by `UPDATE=1 cargo test`: what is to be changed, change there.
-- Cash advances: paid out before spending, settled by claims or paid back.
CREATE TABLE cash_advances (
    id UUID PRIMARY KEY NOT NULL,
    number TEXT NOT NULL UNIQUE,
    creator_id UUID NOT NULL REFERENCES users (id),
    creator_employee_id UUID REFERENCES employees (id),
    submitter_id UUID NOT NULL REFERENCES employees (id),
    department_id UUID NOT NULL REFERENCES departments (id),
    created_at TIMESTAMPTZ NOT NULL,
    changed_at TIMESTAMPTZ NOT NULL,
    business_date DATE NOT NULL,
    currency TEXT NOT NULL,
    amount_minor BIGINT NOT NULL CHECK (amount_minor > 0),
    purpose TEXT NOT NULL,
    -- What people search by: number and purpose; in small letters.
    search_text TEXT NOT NULL,
    settle_on DATE NOT NULL,
    request_id UUID REFERENCES expense_requests (id),
    settled_minor BIGINT NOT NULL CHECK (settled_minor >= 0),
    outstanding_minor BIGINT NOT NULL CHECK (outstanding_minor >= 0),
    status TEXT NOT NULL,
    status_at TIMESTAMPTZ,
    status_reason TEXT,
    approval_id UUID REFERENCES approvals (id),
    payout_reference TEXT,
    paid_on DATE,
    confirmed_at TIMESTAMPTZ,
    confirmed_by_id UUID REFERENCES users (id),
    advance_account TEXT,
    bank_account TEXT,
    version BIGINT NOT NULL,
    -- Never settled by more than was paid out, whatever a server of ours does.
    CHECK (settled_minor <= amount_minor),
    CHECK (settled_minor = 0 OR paid_on IS NOT NULL),
    CHECK ((payout_reference IS NULL) = (paid_on IS NULL))
);
CREATE INDEX cash_advances_by_change ON cash_advances (changed_at, id);
CREATE INDEX cash_advances_by_business_date ON cash_advances (business_date, id);
CREATE INDEX cash_advances_by_amount ON cash_advances (amount_minor, id);
CREATE INDEX cash_advances_by_creator ON cash_advances (creator_id);
CREATE INDEX cash_advances_by_creator_employee ON cash_advances (creator_employee_id);
CREATE INDEX cash_advances_by_submitter ON cash_advances (submitter_id, id);
CREATE INDEX cash_advances_by_department ON cash_advances (department_id, id);
CREATE INDEX cash_advances_by_status ON cash_advances (status, id);
CREATE INDEX cash_advances_by_settlement ON cash_advances (settle_on, id);
CREATE INDEX cash_advances_by_request ON cash_advances (request_id);
CREATE INDEX cash_advances_by_approval ON cash_advances (approval_id);
CREATE INDEX cash_advances_by_confirmer ON cash_advances (confirmed_by_id);

CREATE TABLE cash_advance_movements (
    advance_id UUID NOT NULL REFERENCES cash_advances (id),
    position INTEGER NOT NULL CHECK (position >= 1),
    kind TEXT NOT NULL,
    claim_id UUID REFERENCES expense_claims (id),
    is_approved BOOLEAN NOT NULL,
    reference TEXT,
    amount_minor BIGINT NOT NULL CHECK (amount_minor > 0),
    moved_on DATE NOT NULL,
    recorded_at TIMESTAMPTZ NOT NULL,
    recorded_by_id UUID NOT NULL REFERENCES users (id),
    PRIMARY KEY (advance_id, position),
    UNIQUE (advance_id, claim_id),
    UNIQUE (advance_id, reference),
    CHECK ((kind = 'claim') = (claim_id IS NOT NULL)),
    CHECK ((kind = 'repayment') = (reference IS NOT NULL))
);
CREATE INDEX cash_advance_movements_by_claim ON cash_advance_movements (claim_id);
CREATE INDEX cash_advance_movements_by_recorder ON cash_advance_movements (recorded_by_id);

-- Pay-outs and repayments of advances that were recorded by mistake, each with the counter-entry that undoes it.
CREATE TABLE cash_advance_reversals (
    advance_id UUID NOT NULL REFERENCES cash_advances (id),
    position INTEGER NOT NULL CHECK (position >= 1),
    kind TEXT NOT NULL,
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

-- The advances a claim is settled against, as its submitter says.
CREATE TABLE expense_claim_advances (
    claim_id UUID NOT NULL REFERENCES expense_claims (id),
    advance_id UUID NOT NULL REFERENCES cash_advances (id),
    position INTEGER NOT NULL CHECK (position >= 1),
    amount_minor BIGINT NOT NULL CHECK (amount_minor > 0),
    PRIMARY KEY (claim_id, advance_id)
);
CREATE INDEX expense_claim_advances_by_advance ON expense_claim_advances (advance_id);
