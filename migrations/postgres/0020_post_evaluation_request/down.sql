DELETE FROM post_evaluations WHERE request_id IS NOT NULL;
DROP INDEX post_evaluations_by_request;
ALTER TABLE post_evaluations DROP CONSTRAINT post_evaluations_subject;
ALTER TABLE post_evaluations DROP CONSTRAINT post_evaluations_numbers;
ALTER TABLE post_evaluations DROP COLUMN request_number;
ALTER TABLE post_evaluations DROP COLUMN request_id;
ALTER TABLE post_evaluations ADD CONSTRAINT post_evaluations_check
    CHECK ((claim_id IS NULL) = (claim_number IS NULL) AND (claim_id IS NULL) = (project IS NOT NULL));
