-- Written from migrations/0096_commission_statement.sql by `UPDATE=1 cargo test`: what is to be changed, change there.
-- What people are paid of commission for a month, and the batches in which it goes with the wages.
CREATE TABLE commission_batches (
    id UUID PRIMARY KEY NOT NULL,
    month TEXT NOT NULL,
    part INTEGER NOT NULL,
    statements BIGINT NOT NULL,
    total_minor BIGINT NOT NULL,
    taken_by_id UUID NOT NULL REFERENCES users (id),
    taken_at TIMESTAMPTZ NOT NULL,
    status TEXT NOT NULL,
    acknowledged_by_id UUID REFERENCES users (id),
    acknowledged_at TIMESTAMPTZ,
    reference TEXT,
    confirmed_by_id UUID REFERENCES users (id),
    confirmed_at TIMESTAMPTZ,
    version BIGINT NOT NULL,
    UNIQUE (month, part)
);
CREATE INDEX commission_batches_by_taker ON commission_batches (taken_by_id, id);
CREATE INDEX commission_batches_by_acknowledging ON commission_batches (acknowledged_by_id);
CREATE INDEX commission_batches_by_confirming ON commission_batches (confirmed_by_id);

CREATE TABLE commission_statements (
    id UUID PRIMARY KEY NOT NULL,
    month TEXT NOT NULL,
    employee_id UUID NOT NULL REFERENCES employees (id),
    department_id UUID NOT NULL REFERENCES departments (id),
    carried_minor BIGINT NOT NULL,
    fines_minor BIGINT NOT NULL,
    sum_minor BIGINT NOT NULL,
    currency TEXT NOT NULL,
    digest TEXT NOT NULL,
    status TEXT NOT NULL,
    objection_until TIMESTAMPTZ,
    objections TEXT NOT NULL,
    approved_by_id UUID REFERENCES users (id),
    batch_id UUID REFERENCES commission_batches (id),
    changed_at TIMESTAMPTZ NOT NULL,
    version BIGINT NOT NULL,
    UNIQUE (month, employee_id),
    CHECK (carried_minor <= 0)
);
CREATE INDEX commission_statements_by_employee ON commission_statements (employee_id, month);
CREATE INDEX commission_statements_by_department ON commission_statements (department_id, id);
CREATE INDEX commission_statements_by_status ON commission_statements (status, month);
CREATE INDEX commission_statements_by_approver ON commission_statements (approved_by_id);
CREATE INDEX commission_statements_by_batch ON commission_statements (batch_id);
CREATE INDEX commission_statements_by_change ON commission_statements (changed_at, id);

CREATE TABLE commission_statement_lines (
    statement_id UUID NOT NULL REFERENCES commission_statements (id),
    -- An entry is on one statement: one that was held there moves on once that is settled.
    entry_id UUID NOT NULL UNIQUE REFERENCES commission_entries (id),
    sale_id UUID NOT NULL REFERENCES sales (id),
    amount_minor BIGINT NOT NULL,
    is_held BOOLEAN NOT NULL,
    PRIMARY KEY (statement_id, entry_id)
);
CREATE INDEX commission_statement_lines_by_sale ON commission_statement_lines (sale_id);
