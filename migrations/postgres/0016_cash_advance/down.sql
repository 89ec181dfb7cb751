DELETE FROM journal_postings WHERE role IN ('advance', 'bank');
ALTER TABLE journal_postings DROP CONSTRAINT journal_postings_role_check;
ALTER TABLE journal_postings ADD CONSTRAINT journal_postings_role_check
    CHECK (role IN ('expense', 'input_vat', 'payable'));
DROP TABLE expense_claim_advances;
DROP TABLE cash_advance_movements;
DROP TABLE cash_advances;
