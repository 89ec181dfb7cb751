-- Written from migrations/0014_journal.sql by `UPDATE=1 cargo test`: what is to be changed, change there.
-- The journal entries of approved claims, and their postings.
CREATE TABLE journal_entries (
    claim_id BLOB PRIMARY KEY NOT NULL REFERENCES expense_claims (id),
    entered_on DATE NOT NULL,
    currency TEXT NOT NULL
);

CREATE TABLE journal_postings (
    claim_id BLOB NOT NULL REFERENCES journal_entries (claim_id),
    position INTEGER NOT NULL CHECK (position >= 1),
    side TEXT NOT NULL,
    role TEXT NOT NULL,
    account TEXT NOT NULL,
    line INTEGER,
    cost_centre_id BLOB REFERENCES departments (id),
    amount_minor BIGINT NOT NULL CHECK (amount_minor >= 0),
    remainder_minor BIGINT NOT NULL,
    PRIMARY KEY (claim_id, position)
);
CREATE INDEX journal_postings_by_cost_centre ON journal_postings (cost_centre_id);
CREATE INDEX journal_postings_by_account ON journal_postings (account);
