DROP TABLE journal_postings;
DROP TABLE journal_entries;
DROP TABLE expense_payments;
DROP TABLE invoice_holds;
DROP TABLE invoices;
DROP TABLE expense_claim_lines;
DROP TABLE expense_claims;
