-- Written from migrations/0185_receipt_owed_back.sql by `UPDATE=1 cargo test`: what is to be changed, change there.
-- What of a receipt was paid back before it bounced, its customer owes; and what no contract has of one goes back as a refund of
-- its own. What is taken out is a constraint alone, so that SQLite needs not copy the table.
ALTER TABLE receipts ADD COLUMN owed_back_minor BIGINT NOT NULL DEFAULT 0 CHECK (owed_back_minor >= 0);
ALTER TABLE receipts ADD COLUMN refunded_minor BIGINT NOT NULL DEFAULT 0 CHECK (refunded_minor >= 0);
ALTER TABLE refunds DROP CONSTRAINT refunds_check3;
ALTER TABLE refunds ADD COLUMN receipt_id UUID REFERENCES receipts (id)
    CHECK ((receipt_id IS NULL) = (contract_id IS NOT NULL OR order_id IS NOT NULL) AND (contract_id IS NULL OR order_id IS NULL));
CREATE INDEX refunds_by_receipt ON refunds (receipt_id, id);
