-- An invoice may be shared by lines and claims of one person: each says how much of it it takes, and the sum of what live
-- claims hold is never more than its total.
ALTER TABLE invoices ADD COLUMN reimbursed_minor BIGINT
    CHECK (reimbursed_minor IS NULL OR (reimbursed_minor > 0 AND reimbursed_minor <= total_minor));

ALTER TABLE invoice_holds ADD COLUMN amount_minor BIGINT NOT NULL DEFAULT 0;
UPDATE invoice_holds SET amount_minor = COALESCE((
    SELECT MAX(invoices.total_minor) FROM invoices
    WHERE invoices.claim_id = invoice_holds.claim_id AND invoices.unique_key = invoice_holds.unique_key
), 0);
DROP INDEX invoice_holds_once;
CREATE UNIQUE INDEX invoice_holds_once ON invoice_holds (unique_key, claim_id) WHERE released_at IS NULL;

-- The sum of the open holds of a key, and for whom it is held.
CREATE TABLE held_invoices (
    unique_key TEXT PRIMARY KEY NOT NULL,
    holder_id ID NOT NULL REFERENCES employees (id),
    currency TEXT NOT NULL,
    total_minor BIGINT NOT NULL,
    held_minor BIGINT NOT NULL CHECK (held_minor > 0),
    -- Tells a transaction which of the keys that it wanted it got.
    opened ID NOT NULL,
    CHECK (held_minor <= total_minor)
);
CREATE INDEX held_invoices_by_holder ON held_invoices (holder_id);
INSERT INTO held_invoices (unique_key, holder_id, currency, total_minor, held_minor, opened)
SELECT invoice_holds.unique_key, expense_claims.beneficiary_id, expense_claims.currency,
    invoice_holds.amount_minor, invoice_holds.amount_minor, invoice_holds.id
FROM invoice_holds JOIN expense_claims ON expense_claims.id = invoice_holds.claim_id
WHERE invoice_holds.released_at IS NULL AND invoice_holds.amount_minor > 0;
