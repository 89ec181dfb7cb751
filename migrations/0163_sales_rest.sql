-- Refunds go back of contracts, and of orders that are sales of their own. What is taken out is a constraint alone, so that
-- SQLite needs not copy the table.
ALTER TABLE refunds ALTER COLUMN contract_id DROP NOT NULL; -- postgres only
PRAGMA writable_schema = ON; -- sqlite only
UPDATE sqlite_master SET sql = replace(sql, 'contract_id BLOB NOT NULL REFERENCES', 'contract_id BLOB REFERENCES') -- sqlite only
    WHERE type = 'table' AND name = 'refunds'; -- sqlite only
PRAGMA writable_schema = RESET; -- sqlite only
ALTER TABLE refunds ADD COLUMN order_id ID REFERENCES sales_orders (id) CHECK ((order_id IS NULL) <> (contract_id IS NULL));
CREATE INDEX refunds_by_order ON refunds (order_id, id);
