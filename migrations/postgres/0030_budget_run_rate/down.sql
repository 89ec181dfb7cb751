ALTER TABLE budget_lines DROP COLUMN run_rate_month;
