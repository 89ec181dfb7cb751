DROP TABLE budget_analyses;
DROP TABLE budget_changes;
