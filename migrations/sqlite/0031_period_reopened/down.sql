ALTER TABLE accounting_periods DROP COLUMN reopened_until;
