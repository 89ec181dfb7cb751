-- What of each budget line is used in whose name: the sums of the line's entries, so that a report by person
-- need not read a ledger of millions. `ledger verify` proves them.
CREATE TABLE budget_uses (
    line_id UUID NOT NULL REFERENCES budget_lines (id),
    employee_id UUID NOT NULL REFERENCES employees (id),
    reserved_minor BIGINT NOT NULL,
    committed_minor BIGINT NOT NULL,
    spent_minor BIGINT NOT NULL,
    PRIMARY KEY (line_id, employee_id)
);
CREATE INDEX budget_uses_by_employee ON budget_uses (employee_id);
INSERT INTO budget_uses (line_id, employee_id, reserved_minor, committed_minor, spent_minor)
SELECT line_id, employee_id, CAST(SUM(reserved_minor) AS BIGINT), CAST(SUM(committed_minor) AS BIGINT),
    CAST(SUM(spent_minor) AS BIGINT)
FROM budget_entries
WHERE employee_id IS NOT NULL
GROUP BY line_id, employee_id;
