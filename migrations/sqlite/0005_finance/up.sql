-- Finance: expense claims, their lines, invoices and who holds them, payments, journal entries.
CREATE TABLE expense_claims (
    id BLOB PRIMARY KEY NOT NULL,
    number TEXT NOT NULL UNIQUE,
    creator_id BLOB NOT NULL REFERENCES users (id),
    creator_employee_id BLOB REFERENCES employees (id),
    submitter_id BLOB NOT NULL REFERENCES employees (id),
    beneficiary_id BLOB NOT NULL REFERENCES employees (id),
    beneficiary_reason TEXT,
    department_id BLOB NOT NULL REFERENCES departments (id),
    created_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    business_date DATE NOT NULL,
    currency TEXT NOT NULL,
    book_currency TEXT NOT NULL,
    rate TEXT NOT NULL,
    rate_date DATE,
    details TEXT NOT NULL,
    metadata TEXT NOT NULL,
    -- What people search by: number, names of customer and route, descriptions of lines.
    search_text TEXT NOT NULL,
    claimed_minor BIGINT NOT NULL,
    approved_minor BIGINT NOT NULL,
    payable_minor BIGINT NOT NULL,
    paid_minor BIGINT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('draft', 'in_approval', 'returned', 'rejected', 'withdrawn', 'approved',
        'acknowledged', 'posted', 'void', 'revoked', 'reversed')),
    status_at BIGINT,
    status_reason TEXT,
    refusal_code TEXT,
    refusal_text TEXT,
    acknowledged_reference TEXT,
    acknowledged_at BIGINT,
    acknowledged_by_id BLOB REFERENCES users (id),
    voucher_number TEXT,
    voucher_year INTEGER,
    posted_on DATE,
    approval_id BLOB REFERENCES approvals (id),
    source TEXT,
    external_reference TEXT,
    reverses_id BLOB REFERENCES expense_claims (id),
    reverses_reason TEXT,
    reversal_id BLOB REFERENCES expense_claims (id),
    version BIGINT NOT NULL,
    UNIQUE (source, external_reference),
    CHECK ((source IS NULL) = (external_reference IS NULL)),
    CHECK (paid_minor >= 0 AND paid_minor <= payable_minor),
    CHECK ((voucher_number IS NULL) = (status NOT IN ('posted', 'reversed'))),
    CHECK ((acknowledged_at IS NULL) = (status NOT IN ('acknowledged', 'posted', 'reversed')))
);
CREATE INDEX expense_claims_by_creator ON expense_claims (creator_id, id);
CREATE INDEX expense_claims_by_creator_employee ON expense_claims (creator_employee_id);
CREATE INDEX expense_claims_by_submitter ON expense_claims (submitter_id, id);
CREATE INDEX expense_claims_by_beneficiary ON expense_claims (beneficiary_id, id);
CREATE INDEX expense_claims_by_department ON expense_claims (department_id, id);
CREATE INDEX expense_claims_by_status ON expense_claims (status, id);
CREATE INDEX expense_claims_by_status_change ON expense_claims (status, changed_at, id);
CREATE INDEX expense_claims_by_change ON expense_claims (changed_at, id);
CREATE INDEX expense_claims_by_amount ON expense_claims (payable_minor, id);
CREATE INDEX expense_claims_by_business_date ON expense_claims (business_date, id);
CREATE INDEX expense_claims_by_approval ON expense_claims (approval_id);
CREATE INDEX expense_claims_by_acknowledger ON expense_claims (acknowledged_by_id);
CREATE INDEX expense_claims_by_reverses ON expense_claims (reverses_id);
CREATE INDEX expense_claims_by_reversal ON expense_claims (reversal_id);

CREATE TABLE expense_claim_lines (
    claim_id BLOB NOT NULL REFERENCES expense_claims (id),
    line INTEGER NOT NULL CHECK (line >= 1),
    category TEXT NOT NULL,
    description TEXT NOT NULL,
    occurred_on DATE NOT NULL,
    claimed_minor BIGINT NOT NULL,
    approved_minor BIGINT NOT NULL,
    reduction_reason TEXT,
    reduced_by_id BLOB REFERENCES users (id),
    cost_centre_id BLOB NOT NULL REFERENCES departments (id),
    PRIMARY KEY (claim_id, line),
    CHECK (approved_minor <= claimed_minor),
    CHECK ((reduction_reason IS NULL) = (approved_minor = claimed_minor))
);
CREATE INDEX expense_claim_lines_by_category ON expense_claim_lines (category, claim_id);
CREATE INDEX expense_claim_lines_by_cost_centre ON expense_claim_lines (cost_centre_id);
CREATE INDEX expense_claim_lines_by_reducer ON expense_claim_lines (reduced_by_id);

CREATE TABLE invoices (
    claim_id BLOB NOT NULL REFERENCES expense_claims (id),
    line INTEGER NOT NULL,
    position INTEGER NOT NULL CHECK (position >= 1),
    kind TEXT NOT NULL,
    code TEXT,
    number TEXT NOT NULL,
    issued_on DATE NOT NULL,
    seller_name TEXT NOT NULL,
    seller_tax_number TEXT,
    buyer_name TEXT,
    buyer_tax_number TEXT,
    net_minor BIGINT NOT NULL,
    tax_minor BIGINT NOT NULL,
    total_minor BIGINT NOT NULL,
    unique_key TEXT NOT NULL,
    PRIMARY KEY (claim_id, line, position),
    CHECK (net_minor + tax_minor = total_minor)
);
CREATE INDEX invoices_by_key ON invoices (unique_key, claim_id);
CREATE INDEX invoices_by_number ON invoices (number, claim_id);

-- Who held an invoice, and until when. An invoice is reimbursed once in the whole company: at most one
-- hold of a key is open, whatever two claims do in the same instant.
CREATE TABLE invoice_holds (
    id BLOB PRIMARY KEY NOT NULL,
    unique_key TEXT NOT NULL,
    claim_id BLOB NOT NULL REFERENCES expense_claims (id),
    line INTEGER NOT NULL,
    held_at BIGINT NOT NULL,
    held_by_id BLOB NOT NULL REFERENCES users (id),
    released_at BIGINT,
    released_because TEXT,
    CHECK ((released_at IS NULL) = (released_because IS NULL))
);
CREATE UNIQUE INDEX invoice_holds_once ON invoice_holds (unique_key) WHERE released_at IS NULL;
CREATE INDEX invoice_holds_by_key ON invoice_holds (unique_key, held_at);
CREATE INDEX invoice_holds_by_claim ON invoice_holds (claim_id);
CREATE INDEX invoice_holds_by_holder ON invoice_holds (held_by_id);

CREATE TABLE expense_payments (
    claim_id BLOB NOT NULL REFERENCES expense_claims (id),
    position INTEGER NOT NULL CHECK (position >= 1),
    reference TEXT NOT NULL,
    amount_minor BIGINT NOT NULL CHECK (amount_minor > 0),
    paid_on DATE NOT NULL,
    confirmed_at BIGINT NOT NULL,
    confirmed_by_id BLOB NOT NULL REFERENCES users (id),
    PRIMARY KEY (claim_id, position),
    UNIQUE (claim_id, reference)
);
CREATE INDEX expense_payments_by_reference ON expense_payments (reference);
CREATE INDEX expense_payments_by_confirmer ON expense_payments (confirmed_by_id);

CREATE TABLE journal_entries (
    claim_id BLOB PRIMARY KEY NOT NULL REFERENCES expense_claims (id),
    entered_on DATE NOT NULL,
    currency TEXT NOT NULL
);

CREATE TABLE journal_postings (
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
CREATE INDEX journal_postings_by_cost_centre ON journal_postings (cost_centre_id);
CREATE INDEX journal_postings_by_account ON journal_postings (account);
