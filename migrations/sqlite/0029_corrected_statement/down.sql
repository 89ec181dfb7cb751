DROP INDEX expense_statements_under_way_once;
DROP INDEX expense_statements_in_force_once;
CREATE UNIQUE INDEX expense_statements_once ON expense_statements (period, department_id)
    WHERE status NOT IN ('void', 'rejected');
DROP INDEX expense_statements_by_replacing;
DROP INDEX expense_statements_by_replaced;
ALTER TABLE expense_statements DROP COLUMN replaced_by_id;
ALTER TABLE expense_statements DROP COLUMN replaces_id;
