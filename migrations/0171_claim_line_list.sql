-- Lines of claims and the invoices on them are listed by themselves: each has an id by which a list goes on.
ALTER TABLE expense_claim_lines ADD COLUMN id ID;
UPDATE expense_claim_lines SET id = randomblob(16); -- sqlite only
UPDATE expense_claim_lines SET id = gen_random_uuid(); -- postgres only
CREATE UNIQUE INDEX expense_claim_lines_by_id ON expense_claim_lines (id);
CREATE INDEX expense_claim_lines_by_day ON expense_claim_lines (occurred_on, id);
ALTER TABLE invoices ADD COLUMN id ID;
UPDATE invoices SET id = randomblob(16); -- sqlite only
UPDATE invoices SET id = gen_random_uuid(); -- postgres only
CREATE UNIQUE INDEX invoices_by_id ON invoices (id);
CREATE INDEX invoices_by_day ON invoices (issued_on, id);
