-- From when on a duty that is not done is overdue: the due, or later where what another returned may be filed again. Kept, so
-- that a list asks for the state in which the duty says it stands.
ALTER TABLE duties ADD COLUMN overdue_at INSTANT;
UPDATE duties SET overdue_at = due_at;

-- How far the looking at those who come and go has come, and as of when it began.
ALTER TABLE duty_watermarks ADD COLUMN pass_revision BIGINT;
ALTER TABLE duty_watermarks ADD COLUMN pass_on DATE;
ALTER TABLE duty_watermarks ADD COLUMN pass_to ID;
