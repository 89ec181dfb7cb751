-- An evaluation may also be about an approved expense request: the project it paid for.
CREATE TABLE post_evaluations_anew (
    id BLOB PRIMARY KEY NOT NULL,
    number TEXT NOT NULL UNIQUE,
    claim_id BLOB REFERENCES expense_claims (id),
    claim_number TEXT,
    request_id BLOB REFERENCES expense_requests (id),
    request_number TEXT,
    project TEXT,
    department_id BLOB NOT NULL REFERENCES departments (id),
    third_party_name TEXT NOT NULL,
    third_party_tax_number TEXT,
    third_party_contact TEXT,
    expected_effect TEXT NOT NULL,
    -- Name, unit, expected, achieved of each.
    indicators TEXT NOT NULL,
    due_on DATE NOT NULL,
    created_by BLOB NOT NULL,
    created_at BIGINT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('commissioned', 'report_filed', 'returned', 'accepted', 'cancelled')),
    conclusion TEXT,
    reported_on DATE,
    filed_by BLOB,
    filed_at BIGINT,
    -- Why it was returned or cancelled, or what the company makes of it.
    note TEXT,
    decided_by BLOB,
    decided_at BIGINT,
    version BIGINT NOT NULL,
    CHECK ((claim_id IS NULL) = (claim_number IS NULL) AND (request_id IS NULL) = (request_number IS NULL)),
    -- About one thing.
    CHECK ((CASE WHEN claim_id IS NULL THEN 0 ELSE 1 END) + (CASE WHEN request_id IS NULL THEN 0 ELSE 1 END)
        + (CASE WHEN project IS NULL THEN 0 ELSE 1 END) = 1),
    CHECK ((conclusion IS NULL) = (status NOT IN ('report_filed', 'accepted'))),
    CHECK ((note IS NULL) = (status IN ('commissioned', 'report_filed')))
);
INSERT INTO post_evaluations_anew (
    id, number, claim_id, claim_number, project, department_id, third_party_name, third_party_tax_number,
    third_party_contact, expected_effect, indicators, due_on, created_by, created_at, status, conclusion,
    reported_on, filed_by, filed_at, note, decided_by, decided_at, version
)
SELECT
    id, number, claim_id, claim_number, project, department_id, third_party_name, third_party_tax_number,
    third_party_contact, expected_effect, indicators, due_on, created_by, created_at, status, conclusion,
    reported_on, filed_by, filed_at, note, decided_by, decided_at, version
FROM post_evaluations;
DROP TABLE post_evaluations;
ALTER TABLE post_evaluations_anew RENAME TO post_evaluations;
CREATE INDEX post_evaluations_by_claim ON post_evaluations (claim_id);
CREATE INDEX post_evaluations_by_department ON post_evaluations (department_id, id);
CREATE INDEX post_evaluations_by_status ON post_evaluations (status, due_on, id);
CREATE INDEX post_evaluations_by_request ON post_evaluations (request_id);
