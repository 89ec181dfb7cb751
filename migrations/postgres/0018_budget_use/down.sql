DROP TABLE budget_uses;
