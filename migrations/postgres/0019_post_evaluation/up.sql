-- Written from migrations/0019_post_evaluation.sql by `UPDATE=1 cargo test`: what is to be changed, change there.
-- Post-evaluations: what a third party says afterwards about the effect of spending.
CREATE TABLE post_evaluations (
    id UUID PRIMARY KEY NOT NULL,
    number TEXT NOT NULL UNIQUE,
    claim_id UUID REFERENCES expense_claims (id),
    claim_number TEXT,
    -- An approved expense request: the project it paid for.
    request_id UUID REFERENCES expense_requests (id),
    request_number TEXT,
    project TEXT,
    department_id UUID NOT NULL REFERENCES departments (id),
    third_party_name TEXT NOT NULL,
    third_party_tax_number TEXT,
    third_party_contact TEXT,
    expected_effect TEXT NOT NULL,
    -- Name, unit, expected, achieved of each.
    indicators TEXT NOT NULL,
    due_on DATE NOT NULL,
    created_by UUID NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    status TEXT NOT NULL,
    conclusion TEXT,
    reported_on DATE,
    filed_by UUID,
    filed_at TIMESTAMPTZ,
    -- Why it was returned or cancelled, or what the company makes of it.
    note TEXT,
    decided_by UUID,
    decided_at TIMESTAMPTZ,
    version BIGINT NOT NULL,
    changed_at TIMESTAMPTZ NOT NULL,
    search_text TEXT NOT NULL,
    CHECK ((claim_id IS NULL) = (claim_number IS NULL) AND (request_id IS NULL) = (request_number IS NULL)),
    -- About one thing.
    CHECK ((CASE WHEN claim_id IS NULL THEN 0 ELSE 1 END) + (CASE WHEN request_id IS NULL THEN 0 ELSE 1 END)
        + (CASE WHEN project IS NULL THEN 0 ELSE 1 END) = 1),
    CHECK ((conclusion IS NULL) = (status NOT IN ('report_filed', 'accepted'))),
    CHECK ((note IS NULL) = (status IN ('commissioned', 'report_filed')))
);
CREATE INDEX post_evaluations_by_change ON post_evaluations (changed_at, id);
CREATE INDEX post_evaluations_by_due_day ON post_evaluations (due_on, id);
CREATE INDEX post_evaluations_by_claim ON post_evaluations (claim_id);
CREATE INDEX post_evaluations_by_department ON post_evaluations (department_id, id);
CREATE INDEX post_evaluations_by_status ON post_evaluations (status, due_on, id);
CREATE INDEX post_evaluations_by_request ON post_evaluations (request_id);
