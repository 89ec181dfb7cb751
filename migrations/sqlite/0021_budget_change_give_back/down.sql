DROP INDEX budget_changes_by_draw;
ALTER TABLE budget_changes DROP COLUMN gives_back_id;
