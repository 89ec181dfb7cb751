CREATE TABLE post_evaluations_anew (
    id BLOB PRIMARY KEY NOT NULL,
    number TEXT NOT NULL UNIQUE,
    claim_id BLOB REFERENCES expense_claims (id),
    claim_number TEXT,
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
    CHECK ((claim_id IS NULL) = (claim_number IS NULL) AND (claim_id IS NULL) = (project IS NOT NULL)),
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
FROM post_evaluations
WHERE request_id IS NULL;
DROP TABLE post_evaluations;
ALTER TABLE post_evaluations_anew RENAME TO post_evaluations;
CREATE INDEX post_evaluations_by_claim ON post_evaluations (claim_id);
CREATE INDEX post_evaluations_by_department ON post_evaluations (department_id, id);
CREATE INDEX post_evaluations_by_status ON post_evaluations (status, due_on, id);
