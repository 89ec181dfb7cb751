-- Expense claims with their lines, what only some of them have, and what they draw of requests.
CREATE TABLE expense_claims (
    id ID PRIMARY KEY NOT NULL,
    number TEXT NOT NULL UNIQUE,
    creator_id ID NOT NULL REFERENCES users (id),
    creator_employee_id ID REFERENCES employees (id),
    submitter_id ID NOT NULL REFERENCES employees (id),
    beneficiary_id ID NOT NULL REFERENCES employees (id),
    beneficiary_reason TEXT,
    department_id ID NOT NULL REFERENCES departments (id),
    campaign TEXT,
    region TEXT,
    request_id ID REFERENCES expense_requests (id),
    created_at INSTANT NOT NULL,
    changed_at INSTANT NOT NULL,
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
    status TEXT NOT NULL,
    status_at INSTANT,
    status_reason TEXT,
    voucher_number TEXT,
    approval_id ID REFERENCES approvals (id),
    -- What a counter-document undoes.
    reverses_id ID REFERENCES expense_claims (id),
    version BIGINT NOT NULL,
    CHECK (paid_minor >= 0 AND paid_minor <= payable_minor),
    CHECK ((voucher_number IS NULL) = (status NOT IN ('posted', 'reversed')))
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
CREATE INDEX expense_claims_by_reverses ON expense_claims (reverses_id);
CREATE INDEX expense_claims_by_request ON expense_claims (request_id);

-- How a claim stands with the ledger: why it is not ready for it, why it was refused there, who took it over and when,
-- and of which day its voucher is. Claims of which there is nothing to say have no row.
CREATE TABLE expense_claim_hand_overs (
    claim_id ID PRIMARY KEY NOT NULL REFERENCES expense_claims (id),
    -- Why the journal entry of an approved claim could not be made: code and parameters, as JSON.
    not_ready TEXT,
    refusal_code TEXT,
    refusal_text TEXT,
    acknowledged_reference TEXT,
    acknowledged_at INSTANT,
    acknowledged_by_id ID REFERENCES users (id),
    voucher_year INTEGER,
    posted_on DATE,
    CHECK ((refusal_code IS NULL) = (refusal_text IS NULL)),
    CHECK ((acknowledged_at IS NULL) = (acknowledged_reference IS NULL)),
    CHECK ((acknowledged_at IS NULL) = (acknowledged_by_id IS NULL)),
    CHECK ((posted_on IS NULL) = (voucher_year IS NULL)),
    -- Nothing is posted that nobody took over.
    CHECK (posted_on IS NULL OR acknowledged_at IS NOT NULL)
);
CREATE INDEX expense_claim_hand_overs_by_acknowledger ON expense_claim_hand_overs (acknowledged_by_id);
-- What was posted in a period, for statements and reports.
CREATE INDEX expense_claim_hand_overs_by_posting ON expense_claim_hand_overs (posted_on, claim_id)
    WHERE posted_on IS NOT NULL;

-- The two sides of a reversal: why a counter-document undoes another claim, and which one undoes a claim, under way or in
-- effect.
CREATE TABLE expense_claim_reversals (
    claim_id ID PRIMARY KEY NOT NULL REFERENCES expense_claims (id),
    reason TEXT,
    reversal_id ID REFERENCES expense_claims (id),
    CHECK (reason IS NOT NULL OR reversal_id IS NOT NULL)
);
CREATE INDEX expense_claim_reversals_by_reversal ON expense_claim_reversals (reversal_id);

-- Claims that are mirrored from another system, and by what they are known there.
CREATE TABLE expense_claim_mirrors (
    claim_id ID PRIMARY KEY NOT NULL REFERENCES expense_claims (id),
    source TEXT NOT NULL,
    external_reference TEXT NOT NULL,
    UNIQUE (source, external_reference)
);

CREATE TABLE expense_claim_lines (
    claim_id ID NOT NULL REFERENCES expense_claims (id),
    line INTEGER NOT NULL CHECK (line >= 1),
    category TEXT NOT NULL,
    description TEXT NOT NULL,
    occurred_on DATE NOT NULL,
    claimed_minor BIGINT NOT NULL,
    approved_minor BIGINT NOT NULL,
    reduction_reason TEXT,
    reduced_by_id ID REFERENCES users (id),
    cost_centre_id ID NOT NULL REFERENCES departments (id),
    request_line INTEGER,
    -- The advertisement it pays for; what suppliers quoted for it and the tender it was awarded in, where it is claimed
    -- without a request. As JSON.
    advertisement TEXT,
    quotes TEXT,
    tender TEXT,
    PRIMARY KEY (claim_id, line),
    CHECK (approved_minor <= claimed_minor),
    CHECK ((reduction_reason IS NULL) = (approved_minor = claimed_minor))
);
CREATE INDEX expense_claim_lines_by_category ON expense_claim_lines (category, claim_id);
CREATE INDEX expense_claim_lines_by_cost_centre ON expense_claim_lines (cost_centre_id);
CREATE INDEX expense_claim_lines_by_reducer ON expense_claim_lines (reduced_by_id);

-- What claim lines took of request lines, in the book currency.
CREATE TABLE expense_request_draws (
    request_id ID NOT NULL REFERENCES expense_requests (id),
    claim_id ID NOT NULL REFERENCES expense_claims (id),
    claim_line INTEGER NOT NULL CHECK (claim_line >= 1),
    line INTEGER NOT NULL CHECK (line >= 1),
    amount_minor BIGINT NOT NULL CHECK (amount_minor > 0),
    is_approved BOOLEAN NOT NULL,
    PRIMARY KEY (request_id, claim_id, claim_line)
);
CREATE INDEX expense_request_draws_by_claim ON expense_request_draws (claim_id);
