-- Written from migrations/0018_internal_audit.sql by `UPDATE=1 cargo test`: what is to be changed, change there.
-- Internal audits of expense claims: the audit, the claims of its sample as they were drawn, and findings.
CREATE TABLE internal_audits (
    id UUID PRIMARY KEY NOT NULL,
    number TEXT NOT NULL UNIQUE,
    title TEXT NOT NULL,
    purpose TEXT NOT NULL,
    from_on DATE NOT NULL,
    to_on DATE NOT NULL,
    department_id UUID REFERENCES departments (id),
    category TEXT,
    states TEXT NOT NULL,
    auditor_id UUID NOT NULL REFERENCES employees (id),
    created_by UUID NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    status TEXT NOT NULL,
    started_at TIMESTAMPTZ,
    conclusion TEXT,
    reported_by UUID,
    reported_at TIMESTAMPTZ,
    ended_at TIMESTAMPTZ,
    end_reason TEXT,
    -- Seed, population and digest of each draw.
    draws TEXT NOT NULL,
    version BIGINT NOT NULL,
    changed_at TIMESTAMPTZ NOT NULL,
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
    id UUID PRIMARY KEY NOT NULL,
    audit_id UUID NOT NULL REFERENCES internal_audits (id),
    position INTEGER NOT NULL CHECK (position >= 1),
    claim_id UUID NOT NULL REFERENCES expense_claims (id),
    claim_number TEXT NOT NULL,
    claim_version BIGINT NOT NULL,
    creator_id UUID REFERENCES employees (id),
    submitter_id UUID NOT NULL REFERENCES employees (id),
    beneficiary_id UUID NOT NULL REFERENCES employees (id),
    department_id UUID NOT NULL REFERENCES departments (id),
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
    concluded_by UUID,
    concluded_at TIMESTAMPTZ,
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
    id UUID PRIMARY KEY NOT NULL,
    number TEXT NOT NULL UNIQUE,
    audit_id UUID NOT NULL REFERENCES internal_audits (id),
    item_id UUID REFERENCES internal_audit_items (id),
    claim_id UUID REFERENCES expense_claims (id),
    claim_number TEXT,
    claim_lines INTEGER,
    line INTEGER,
    severity TEXT NOT NULL,
    clause TEXT NOT NULL,
    text TEXT NOT NULL,
    amount_minor BIGINT,
    currency TEXT,
    department_id UUID NOT NULL REFERENCES departments (id),
    responsible_id UUID REFERENCES employees (id),
    due_on DATE NOT NULL,
    created_by UUID NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    status TEXT NOT NULL,
    remediation TEXT,
    remediated_by UUID,
    remediated_at TIMESTAMPTZ,
    ending TEXT,
    ended_by UUID,
    ended_at TIMESTAMPTZ,
    -- Remediations that did not do.
    rejected TEXT NOT NULL,
    version BIGINT NOT NULL,
    changed_at TIMESTAMPTZ NOT NULL,
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
