DROP INDEX expense_claims_by_request;
ALTER TABLE expense_claims DROP COLUMN request_id;
ALTER TABLE expense_claim_lines DROP COLUMN request_line;
ALTER TABLE expense_claim_lines DROP COLUMN advertisement;
DROP TABLE expense_request_revisions;
DROP TABLE expense_request_amendments;
DROP TABLE expense_request_draws;
DROP TABLE expense_request_lines;
DROP TABLE expense_requests;
