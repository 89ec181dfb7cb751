-- The ledger of rewards and penalties, and the batches in which they go with the wages.
CREATE TABLE incentive_entries (
    id ID PRIMARY KEY NOT NULL,
    number TEXT NOT NULL UNIQUE,
    employee_id ID NOT NULL REFERENCES employees (id),
    -- Where the person worked when it was proposed.
    department_id ID NOT NULL REFERENCES departments (id),
    incident_kind TEXT NOT NULL,
    -- What gave rise to it. Of any kind, so it refers to no table.
    incident ID NOT NULL,
    -- The incident of the entry that has it, once; none of one that was cancelled or that counters another.
    incident_held TEXT UNIQUE,
    happened_on DATE NOT NULL,
    amount_kind TEXT NOT NULL,
    -- Of money; else empty.
    currency TEXT NOT NULL,
    -- Minor units, points, half days; an honour counts one, or takes one.
    measure BIGINT NOT NULL,
    month TEXT NOT NULL,
    grounds TEXT NOT NULL,
    policy_code TEXT,
    proposed_by_id ID REFERENCES users (id),
    proposed_at INSTANT NOT NULL,
    -- The entry that it takes back: one is taken back once.
    counters_id ID UNIQUE REFERENCES incentive_entries (id),
    status TEXT NOT NULL,
    answer_until INSTANT,
    approval_id ID REFERENCES approvals (id),
    detail TEXT NOT NULL,
    changed_at INSTANT NOT NULL,
    version BIGINT NOT NULL,
    search_text TEXT NOT NULL,
    CHECK (incident_held IS NULL OR counters_id IS NULL)
);
CREATE INDEX incentive_entries_by_employee ON incentive_entries (employee_id, month, id);
CREATE INDEX incentive_entries_by_department ON incentive_entries (department_id, id);
CREATE INDEX incentive_entries_by_month ON incentive_entries (month, id);
CREATE INDEX incentive_entries_by_status ON incentive_entries (status, month, id);
CREATE INDEX incentive_entries_by_incident ON incentive_entries (incident);
CREATE INDEX incentive_entries_by_day ON incentive_entries (happened_on, id);
CREATE INDEX incentive_entries_by_change ON incentive_entries (changed_at, id);
CREATE INDEX incentive_entries_by_proposer ON incentive_entries (proposed_by_id, id);
CREATE INDEX incentive_entries_by_approval ON incentive_entries (approval_id);

CREATE TABLE payroll_batches (
    id ID PRIMARY KEY NOT NULL,
    month TEXT NOT NULL,
    part INTEGER NOT NULL,
    entries BIGINT NOT NULL,
    totals TEXT NOT NULL,
    taken_by_id ID NOT NULL REFERENCES users (id),
    taken_at INSTANT NOT NULL,
    status TEXT NOT NULL,
    acknowledged_by_id ID REFERENCES users (id),
    acknowledged_at INSTANT,
    reference TEXT,
    confirmed_by_id ID REFERENCES users (id),
    confirmed_at INSTANT,
    version BIGINT NOT NULL,
    -- Who takes a month a second time at the same instant is given the same batch.
    UNIQUE (month, part),
    CHECK ((acknowledged_at IS NULL) = (reference IS NULL)),
    CHECK ((acknowledged_at IS NULL) = (acknowledged_by_id IS NULL)),
    CHECK ((confirmed_at IS NULL) = (confirmed_by_id IS NULL)),
    CHECK (confirmed_at IS NULL OR acknowledged_at IS NOT NULL)
);
CREATE INDEX payroll_batches_by_taker ON payroll_batches (taken_by_id);
CREATE INDEX payroll_batches_by_acknowledger ON payroll_batches (acknowledged_by_id);
CREATE INDEX payroll_batches_by_confirmer ON payroll_batches (confirmed_by_id);

-- Which entries go with which batch: each with one.
CREATE TABLE payroll_batch_entries (
    entry_id ID PRIMARY KEY NOT NULL REFERENCES incentive_entries (id),
    batch_id ID NOT NULL REFERENCES payroll_batches (id)
);
CREATE INDEX payroll_batch_entries_by_batch ON payroll_batch_entries (batch_id, entry_id);
