-- Internal audits of expense claims: the audit, the claims of its sample as they were drawn, and findings.
CREATE TABLE internal_audits (
    id ID PRIMARY KEY NOT NULL,
    number TEXT NOT NULL UNIQUE,
    title TEXT NOT NULL,
    purpose TEXT NOT NULL,
    from_on DATE NOT NULL,
    to_on DATE NOT NULL,
    department_id ID REFERENCES departments (id),
    category TEXT,
    states TEXT NOT NULL,
    auditor_id ID NOT NULL REFERENCES employees (id),
    created_by ID NOT NULL,
    created_at INSTANT NOT NULL,
    status TEXT NOT NULL,
    started_at INSTANT,
    conclusion TEXT,
    reported_by ID,
    reported_at INSTANT,
    ended_at INSTANT,
    end_reason TEXT,
    -- Seed, population and digest of each draw.
    draws TEXT NOT NULL,
    version BIGINT NOT NULL,
    changed_at INSTANT NOT NULL,
    search_text TEXT NOT NULL,
    CHECK (from_on <= to_on),
    CHECK ((conclusion IS NULL) = (status NOT IN ('reported', 'closed'))),
    CHECK ((ended_at IS NULL) = (status NOT IN ('closed', 'cancelled')))
);
CREATE INDEX internal_audits_by_change ON internal_audits (changed_at, id);
CREATE INDEX internal_audits_by_first_day ON internal_audits (from_on, id);
CREATE INDEX internal_audits_by_department ON internal_audits (department_id, id);
CREATE INDEX internal_audits_by_auditor ON internal_audits (auditor_id, id);
CREATE INDEX internal_audits_by_status ON internal_audits (status, id);

CREATE TABLE internal_audit_items (
    id ID PRIMARY KEY NOT NULL,
    audit_id ID NOT NULL REFERENCES internal_audits (id),
    position INTEGER NOT NULL CHECK (position >= 1),
    claim_id ID NOT NULL REFERENCES expense_claims (id),
    claim_number TEXT NOT NULL,
    claim_version BIGINT NOT NULL,
    creator_id ID REFERENCES employees (id),
    submitter_id ID NOT NULL REFERENCES employees (id),
    beneficiary_id ID NOT NULL REFERENCES employees (id),
    department_id ID NOT NULL REFERENCES departments (id),
    business_date DATE NOT NULL,
    payable_minor BIGINT NOT NULL,
    currency TEXT NOT NULL,
    origin TEXT NOT NULL,
    draw INTEGER,
    score INTEGER NOT NULL,
    -- The signs as they were explained when the claim was drawn.
    signals TEXT NOT NULL,
    verdict TEXT,
    note TEXT,
    concluded_by ID,
    concluded_at INSTANT,
    version BIGINT NOT NULL,
    UNIQUE (audit_id, claim_id),
    UNIQUE (audit_id, position),
    CHECK ((draw IS NULL) = (origin = 'by_hand')),
    CHECK ((verdict IS NULL) = (note IS NULL) AND (note IS NULL) = (concluded_at IS NULL))
);
CREATE INDEX internal_audit_items_by_score ON internal_audit_items (audit_id, score, position);
CREATE INDEX internal_audit_items_by_payable ON internal_audit_items (audit_id, payable_minor, position);
CREATE INDEX internal_audit_items_by_claim ON internal_audit_items (claim_id);
CREATE INDEX internal_audit_items_by_creator ON internal_audit_items (creator_id);
CREATE INDEX internal_audit_items_by_submitter ON internal_audit_items (submitter_id);
CREATE INDEX internal_audit_items_by_beneficiary ON internal_audit_items (beneficiary_id);
CREATE INDEX internal_audit_items_by_department ON internal_audit_items (department_id);

CREATE TABLE audit_findings (
    id ID PRIMARY KEY NOT NULL,
    number TEXT NOT NULL UNIQUE,
    audit_id ID NOT NULL REFERENCES internal_audits (id),
    item_id ID REFERENCES internal_audit_items (id),
    claim_id ID REFERENCES expense_claims (id),
    claim_number TEXT,
    claim_lines INTEGER,
    line INTEGER,
    severity TEXT NOT NULL,
    clause TEXT NOT NULL,
    text TEXT NOT NULL,
    amount_minor BIGINT,
    currency TEXT,
    department_id ID NOT NULL REFERENCES departments (id),
    responsible_id ID REFERENCES employees (id),
    due_on DATE NOT NULL,
    created_by ID NOT NULL,
    created_at INSTANT NOT NULL,
    status TEXT NOT NULL,
    remediation TEXT,
    remediated_by ID,
    remediated_at INSTANT,
    ending TEXT,
    ended_by ID,
    ended_at INSTANT,
    -- Remediations that did not do.
    rejected TEXT NOT NULL,
    version BIGINT NOT NULL,
    changed_at INSTANT NOT NULL,
    search_text TEXT NOT NULL,
    CHECK ((item_id IS NULL) = (claim_id IS NULL)),
    CHECK ((amount_minor IS NULL) = (currency IS NULL)),
    CHECK ((remediation IS NULL) = (status IN ('open', 'withdrawn'))),
    CHECK ((ending IS NULL) = (status NOT IN ('closed', 'withdrawn')))
);
CREATE INDEX audit_findings_by_change ON audit_findings (changed_at, id);
CREATE INDEX audit_findings_by_due_day ON audit_findings (due_on, id);
CREATE INDEX audit_findings_by_audit ON audit_findings (audit_id, id);
CREATE INDEX audit_findings_by_item ON audit_findings (item_id);
CREATE INDEX audit_findings_by_claim ON audit_findings (claim_id);
CREATE INDEX audit_findings_by_department ON audit_findings (department_id, id);
CREATE INDEX audit_findings_by_responsible ON audit_findings (responsible_id, id);
CREATE INDEX audit_findings_by_due_date ON audit_findings (status, due_on, id);
