-- Units, and by whom they are held.
CREATE TABLE units (
    id ID PRIMARY KEY NOT NULL,
    code TEXT NOT NULL UNIQUE,
    place TEXT NOT NULL,
    product_id ID NOT NULL REFERENCES products (id),
    status TEXT NOT NULL,
    customer_id ID REFERENCES customers (id),
    deposit_id ID REFERENCES receipts (id),
    reserved_by_id ID REFERENCES employees (id),
    department_id ID REFERENCES departments (id),
    reserved_at INSTANT,
    reserved_until DATE,
    contract_id ID REFERENCES sales_contracts (id),
    changed_at INSTANT NOT NULL,
    version BIGINT NOT NULL,
    -- Whatever the code does, nobody holds a unit without a deposit.
    CHECK ((status = 'available') = (deposit_id IS NULL)),
    CHECK ((deposit_id IS NULL) = (customer_id IS NULL)),
    CHECK ((deposit_id IS NULL) = (reserved_by_id IS NULL)),
    CHECK ((deposit_id IS NULL) = (department_id IS NULL)),
    CHECK ((deposit_id IS NULL) = (reserved_at IS NULL)),
    CHECK ((deposit_id IS NULL) = (reserved_until IS NULL)),
    CHECK ((status = 'signed') = (contract_id IS NOT NULL))
);
CREATE UNIQUE INDEX units_by_deposit ON units (deposit_id);
CREATE INDEX units_by_product ON units (product_id, id);
CREATE INDEX units_by_status ON units (status, id);
CREATE INDEX units_by_customer ON units (customer_id);
CREATE INDEX units_by_reserver ON units (reserved_by_id, id);
CREATE INDEX units_by_department ON units (department_id);
CREATE INDEX units_by_contract ON units (contract_id);
CREATE INDEX units_by_change ON units (changed_at, id);
