-- Expense requests: asking before spending, their amendments and earlier versions.
CREATE TABLE expense_requests (
    id ID PRIMARY KEY NOT NULL,
    number TEXT NOT NULL UNIQUE,
    creator_id ID NOT NULL REFERENCES users (id),
    creator_employee_id ID REFERENCES employees (id),
    submitter_id ID NOT NULL REFERENCES employees (id),
    department_id ID NOT NULL REFERENCES departments (id),
    created_at INSTANT NOT NULL,
    changed_at INSTANT NOT NULL,
    business_date DATE NOT NULL,
    currency TEXT NOT NULL,
    book_currency TEXT NOT NULL,
    rate TEXT NOT NULL,
    rate_date DATE,
    details TEXT NOT NULL,
    urgent BOOLEAN NOT NULL,
    major_campaign BOOLEAN NOT NULL,
    campaign TEXT,
    region TEXT,
    links TEXT NOT NULL,
    -- What people search by: number, campaign, purpose, links, items, suppliers; in small letters.
    search_text TEXT NOT NULL,
    amount_minor BIGINT NOT NULL,
    worth_minor BIGINT NOT NULL,
    claimed_minor BIGINT NOT NULL CHECK (claimed_minor >= 0),
    revision INTEGER NOT NULL CHECK (revision >= 1),
    status TEXT NOT NULL,
    status_at INSTANT,
    status_reason TEXT,
    approval_id ID REFERENCES approvals (id),
    version BIGINT NOT NULL,
    -- Claims never take more than is approved, whatever a server of ours does.
    CHECK (claimed_minor <= worth_minor)
);
CREATE INDEX expense_requests_by_business_date ON expense_requests (business_date, id);
CREATE INDEX expense_requests_by_creator ON expense_requests (creator_id, id);
CREATE INDEX expense_requests_by_creator_employee ON expense_requests (creator_employee_id);
CREATE INDEX expense_requests_by_submitter ON expense_requests (submitter_id, id);
CREATE INDEX expense_requests_by_department ON expense_requests (department_id, id);
CREATE INDEX expense_requests_by_status ON expense_requests (status, id);
CREATE INDEX expense_requests_by_change ON expense_requests (changed_at, id);
CREATE INDEX expense_requests_by_worth ON expense_requests (worth_minor, id);
CREATE INDEX expense_requests_by_approval ON expense_requests (approval_id);

CREATE TABLE expense_request_lines (
    request_id ID NOT NULL REFERENCES expense_requests (id),
    line INTEGER NOT NULL CHECK (line >= 1),
    category TEXT NOT NULL,
    item TEXT NOT NULL,
    quantity INTEGER,
    amount_minor BIGINT NOT NULL CHECK (amount_minor > 0),
    purpose TEXT NOT NULL,
    planned_on DATE NOT NULL,
    cost_centre_id ID NOT NULL REFERENCES departments (id),
    quotes TEXT NOT NULL,
    tender TEXT,
    PRIMARY KEY (request_id, line)
);
CREATE INDEX expense_request_lines_by_category ON expense_request_lines (category, request_id);
CREATE INDEX expense_request_lines_by_cost_centre ON expense_request_lines (cost_centre_id);

CREATE TABLE expense_request_amendments (
    id ID PRIMARY KEY NOT NULL,
    number TEXT NOT NULL UNIQUE,
    request_id ID NOT NULL REFERENCES expense_requests (id),
    revision INTEGER NOT NULL,
    reason TEXT NOT NULL,
    content TEXT NOT NULL,
    creator_id ID NOT NULL REFERENCES users (id),
    creator_employee_id ID REFERENCES employees (id),
    submitter_id ID NOT NULL REFERENCES employees (id),
    department_id ID NOT NULL REFERENCES departments (id),
    created_at INSTANT NOT NULL,
    changed_at INSTANT NOT NULL,
    status TEXT NOT NULL,
    status_at INSTANT,
    status_reason TEXT,
    approval_id ID REFERENCES approvals (id),
    version BIGINT NOT NULL,
    search_text TEXT NOT NULL
);
CREATE INDEX expense_request_amendments_by_change ON expense_request_amendments (changed_at, id);
CREATE INDEX expense_request_amendments_by_request ON expense_request_amendments (request_id, id);
CREATE INDEX expense_request_amendments_by_creator ON expense_request_amendments (creator_id);
CREATE INDEX expense_request_amendments_by_creator_employee ON expense_request_amendments (creator_employee_id);
CREATE INDEX expense_request_amendments_by_submitter ON expense_request_amendments (submitter_id);
CREATE INDEX expense_request_amendments_by_department ON expense_request_amendments (department_id);
CREATE INDEX expense_request_amendments_by_approval ON expense_request_amendments (approval_id);
-- One amendment of a request is under way at a time.
CREATE UNIQUE INDEX expense_request_amendments_once ON expense_request_amendments (request_id)
    WHERE status IN ('draft', 'in_approval', 'returned', 'withdrawn');

-- What a request said in each of its approved versions.
CREATE TABLE expense_request_revisions (
    request_id ID NOT NULL REFERENCES expense_requests (id),
    revision INTEGER NOT NULL CHECK (revision >= 1),
    amendment_id ID REFERENCES expense_request_amendments (id),
    content TEXT NOT NULL,
    approved_at INSTANT NOT NULL,
    PRIMARY KEY (request_id, revision)
);
CREATE INDEX expense_request_revisions_by_amendment ON expense_request_revisions (amendment_id);
