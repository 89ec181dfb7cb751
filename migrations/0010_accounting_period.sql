-- The months of the books: open, closed, asked to be opened again.
CREATE TABLE accounting_periods (
    id ID PRIMARY KEY NOT NULL,
    month TEXT NOT NULL UNIQUE,
    status TEXT NOT NULL,
    status_at INSTANT NOT NULL,
    changed_by_id ID NOT NULL REFERENCES users (id),
    reason TEXT,
    requester_id ID REFERENCES employees (id),
    approval_id ID REFERENCES approvals (id),
    version BIGINT NOT NULL,
    -- When it was closed after the last time it stood open again: a reopening that was refused leaves no trace here.
    reopened_until INSTANT
);
CREATE INDEX accounting_periods_by_change ON accounting_periods (status_at, id);
CREATE INDEX accounting_periods_by_changer ON accounting_periods (changed_by_id);
CREATE INDEX accounting_periods_by_requester ON accounting_periods (requester_id);
CREATE INDEX accounting_periods_by_approval ON accounting_periods (approval_id);
