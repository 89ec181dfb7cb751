ALTER TABLE expense_claim_lines DROP COLUMN tender;
ALTER TABLE expense_claim_lines DROP COLUMN quotes;
