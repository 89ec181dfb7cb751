DROP INDEX expense_claims_by_posting;
DROP TABLE expense_statements;
