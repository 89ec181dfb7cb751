-- Why the journal entry of an approved claim could not be made: code and parameters, as JSON.
ALTER TABLE expense_claims ADD COLUMN not_ready TEXT;
