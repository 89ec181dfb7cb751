DROP TABLE cash_advance_reversals;
