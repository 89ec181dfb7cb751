-- What of a receipt was paid back before it bounced, its customer owes; and what no contract has of one goes back as a refund of
-- its own. What is taken out is a constraint alone, so that SQLite needs not copy the table.
ALTER TABLE receipts ADD COLUMN owed_back_minor BIGINT NOT NULL DEFAULT 0 CHECK (owed_back_minor >= 0);
ALTER TABLE receipts ADD COLUMN refunded_minor BIGINT NOT NULL DEFAULT 0 CHECK (refunded_minor >= 0);
ALTER TABLE refunds DROP CONSTRAINT refunds_check3; -- postgres only
PRAGMA writable_schema = ON; -- sqlite only
UPDATE sqlite_master SET sql = replace(sql, ' CHECK ((order_id IS NULL) <> (contract_id IS NULL))', '') -- sqlite only
    WHERE type = 'table' AND name = 'refunds'; -- sqlite only
PRAGMA writable_schema = RESET; -- sqlite only
ALTER TABLE refunds ADD COLUMN receipt_id ID REFERENCES receipts (id)
    CHECK ((receipt_id IS NULL) = (contract_id IS NOT NULL OR order_id IS NOT NULL) AND (contract_id IS NULL OR order_id IS NULL));
CREATE INDEX refunds_by_receipt ON refunds (receipt_id, id);
