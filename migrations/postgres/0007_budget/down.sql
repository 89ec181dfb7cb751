ALTER TABLE expense_claims DROP COLUMN region;
ALTER TABLE expense_claims DROP COLUMN campaign;
DROP TABLE accounting_periods;
DROP TABLE budget_holdings;
DROP TABLE budget_entries;
DROP TABLE budget_lines;
DROP TABLE budgets;
