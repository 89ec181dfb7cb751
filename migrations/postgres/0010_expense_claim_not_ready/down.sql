ALTER TABLE expense_claims DROP COLUMN not_ready;
