-- The month in which it was last told of a line that its year leads beyond its budget.
ALTER TABLE budget_lines ADD COLUMN run_rate_month TEXT;
