DELETE FROM journal_postings WHERE role IN ('advance', 'bank');
CREATE TABLE journal_postings_anew (
    claim_id BLOB NOT NULL REFERENCES journal_entries (claim_id),
    position INTEGER NOT NULL CHECK (position >= 1),
    side TEXT NOT NULL CHECK (side IN ('debit', 'credit')),
    role TEXT NOT NULL CHECK (role IN ('expense', 'input_vat', 'payable')),
    account TEXT NOT NULL,
    line INTEGER,
    cost_centre_id BLOB REFERENCES departments (id),
    amount_minor BIGINT NOT NULL CHECK (amount_minor >= 0),
    remainder_minor BIGINT NOT NULL,
    PRIMARY KEY (claim_id, position)
);
INSERT INTO journal_postings_anew SELECT * FROM journal_postings;
DROP TABLE journal_postings;
ALTER TABLE journal_postings_anew RENAME TO journal_postings;
CREATE INDEX journal_postings_by_cost_centre ON journal_postings (cost_centre_id);
CREATE INDEX journal_postings_by_account ON journal_postings (account);
DROP TABLE expense_claim_advances;
DROP TABLE cash_advance_movements;
DROP TABLE cash_advances;
