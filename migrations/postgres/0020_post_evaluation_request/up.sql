-- An evaluation may also be about an approved expense request: the project it paid for.
ALTER TABLE post_evaluations ADD COLUMN request_id UUID REFERENCES expense_requests (id);
ALTER TABLE post_evaluations ADD COLUMN request_number TEXT;
ALTER TABLE post_evaluations DROP CONSTRAINT post_evaluations_check;
ALTER TABLE post_evaluations ADD CONSTRAINT post_evaluations_numbers
    CHECK ((claim_id IS NULL) = (claim_number IS NULL) AND (request_id IS NULL) = (request_number IS NULL));
-- About one thing.
ALTER TABLE post_evaluations ADD CONSTRAINT post_evaluations_subject
    CHECK (num_nonnulls(claim_id, request_id, project) = 1);
CREATE INDEX post_evaluations_by_request ON post_evaluations (request_id);
