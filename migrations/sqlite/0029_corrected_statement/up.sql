-- An approved statement may be corrected by another once a month of it was opened again: it stays, and one is in force.
ALTER TABLE expense_statements ADD COLUMN replaces_id BLOB REFERENCES expense_statements (id);
ALTER TABLE expense_statements ADD COLUMN replaced_by_id BLOB REFERENCES expense_statements (id);
CREATE INDEX expense_statements_by_replaced ON expense_statements (replaces_id);
CREATE INDEX expense_statements_by_replacing ON expense_statements (replaced_by_id);
DROP INDEX expense_statements_once;
CREATE UNIQUE INDEX expense_statements_in_force_once ON expense_statements (period, department_id)
    WHERE status = 'approved' AND replaced_by_id IS NULL;
CREATE UNIQUE INDEX expense_statements_under_way_once ON expense_statements (period, department_id)
    WHERE status IN ('draft', 'in_approval', 'returned', 'withdrawn');
