-- Written from migrations/0171_claim_line_list.sql by `UPDATE=1 cargo test`: what is to be changed, change there.
-- Lines of claims and the invoices on them are listed by themselves: each has an id by which a list goes on.
ALTER TABLE expense_claim_lines ADD COLUMN id BLOB;
UPDATE expense_claim_lines SET id = randomblob(16);
CREATE UNIQUE INDEX expense_claim_lines_by_id ON expense_claim_lines (id);
CREATE INDEX expense_claim_lines_by_day ON expense_claim_lines (occurred_on, id);
ALTER TABLE invoices ADD COLUMN id BLOB;
UPDATE invoices SET id = randomblob(16);
CREATE UNIQUE INDEX invoices_by_id ON invoices (id);
CREATE INDEX invoices_by_day ON invoices (issued_on, id);
