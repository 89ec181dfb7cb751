-- What suppliers quoted for a line that is claimed without a request, and the tender it was awarded in, as JSON.
ALTER TABLE expense_claim_lines ADD COLUMN quotes TEXT;
ALTER TABLE expense_claim_lines ADD COLUMN tender TEXT;
