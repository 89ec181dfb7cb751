-- A change may give back what a draw on an emergency fund took and nobody needed.
ALTER TABLE budget_changes ADD COLUMN gives_back_id UUID REFERENCES budget_changes (id);
CREATE INDEX budget_changes_by_draw ON budget_changes (gives_back_id);
