-- What a document holds is entered in the name of its submitter: what claims drew on a colleague's request stood in the
-- name of whoever claimed. The names are set right, and the sums by name made anew. No amount changes.
UPDATE budget_entries
SET employee_id = (SELECT submitter_id FROM expense_requests WHERE expense_requests.id = budget_entries.document)
WHERE document_kind = 'expense_request';
UPDATE budget_entries
SET employee_id = (SELECT submitter_id FROM expense_claims WHERE expense_claims.id = budget_entries.document)
WHERE document_kind = 'expense_claim';
UPDATE budget_entries
SET employee_id =
    (SELECT submitter_id FROM expense_request_amendments WHERE expense_request_amendments.id = budget_entries.document)
WHERE document_kind = 'expense_request_amendment';
DELETE FROM budget_uses;
INSERT INTO budget_uses (line_id, employee_id, reserved_minor, committed_minor, spent_minor)
SELECT line_id, employee_id, CAST(SUM(reserved_minor) AS BIGINT), CAST(SUM(committed_minor) AS BIGINT),
    CAST(SUM(spent_minor) AS BIGINT)
FROM budget_entries
WHERE employee_id IS NOT NULL
GROUP BY line_id, employee_id;
