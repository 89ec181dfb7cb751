-- Written from migrations/0082_ownership_dispute.sql by `UPDATE=1 cargo test`: what is to be changed, change there.
-- Disputes over whose a customer is: one open of a customer.
CREATE TABLE ownership_disputes (
    id UUID PRIMARY KEY NOT NULL,
    number TEXT NOT NULL UNIQUE,
    customer_id UUID NOT NULL REFERENCES customers (id),
    -- The customer while it is open: then no other can be.
    open_customer_id UUID UNIQUE REFERENCES customers (id),
    department_id UUID NOT NULL REFERENCES departments (id),
    claimant_id UUID NOT NULL REFERENCES employees (id),
    claim TEXT NOT NULL,
    opened_at TIMESTAMPTZ NOT NULL,
    evidence_until TIMESTAMPTZ NOT NULL,
    mediated_by_id UUID REFERENCES employees (id),
    mediated_at TIMESTAMPTZ,
    mediation TEXT,
    ruled_by_id UUID REFERENCES employees (id),
    ruled_at TIMESTAMPTZ,
    ruled_owner_id UUID REFERENCES employees (id),
    reasons TEXT,
    shares TEXT,
    settlement TEXT,
    withdrawn_at TIMESTAMPTZ,
    withdrawal TEXT,
    status TEXT NOT NULL,
    version BIGINT NOT NULL,
    CHECK ((open_customer_id IS NOT NULL) = (status IN ('open', 'mediated'))),
    CHECK ((ruled_at IS NOT NULL) = (status = 'ruled')),
    CHECK ((withdrawn_at IS NOT NULL) = (status = 'withdrawn'))
);
CREATE INDEX ownership_disputes_by_customer ON ownership_disputes (customer_id, id);
CREATE INDEX ownership_disputes_by_department ON ownership_disputes (department_id, id);
CREATE INDEX ownership_disputes_by_claimant ON ownership_disputes (claimant_id, id);
CREATE INDEX ownership_disputes_by_mediator ON ownership_disputes (mediated_by_id);
CREATE INDEX ownership_disputes_by_ruler ON ownership_disputes (ruled_by_id);
CREATE INDEX ownership_disputes_by_owner ON ownership_disputes (ruled_owner_id);
CREATE INDEX ownership_disputes_by_status ON ownership_disputes (status, id);

-- Whose the customer was when it was opened, and who had a part.
CREATE TABLE ownership_dispute_respondents (
    dispute_id UUID NOT NULL REFERENCES ownership_disputes (id),
    place INTEGER NOT NULL,
    employee_id UUID NOT NULL REFERENCES employees (id),
    PRIMARY KEY (dispute_id, place)
);
CREATE INDEX ownership_dispute_respondents_by_employee ON ownership_dispute_respondents (employee_id, dispute_id);

-- What the parties said: only ever added to.
CREATE TABLE ownership_dispute_statements (
    dispute_id UUID NOT NULL REFERENCES ownership_disputes (id),
    place INTEGER NOT NULL,
    by_id UUID NOT NULL REFERENCES employees (id),
    at TIMESTAMPTZ NOT NULL,
    content TEXT NOT NULL,
    -- What proves it, by ids.
    facts TEXT NOT NULL,
    files TEXT NOT NULL,
    PRIMARY KEY (dispute_id, place)
);
CREATE INDEX ownership_dispute_statements_by_party ON ownership_dispute_statements (by_id);
