-- Written from migrations/0137_shipment.sql by `UPDATE=1 cargo test`: what is to be changed, change there.
-- Goods on their way to customers.
CREATE TABLE shipments (
    id BLOB PRIMARY KEY NOT NULL,
    number TEXT NOT NULL UNIQUE,
    order_id BLOB NOT NULL REFERENCES sales_orders (id),
    department_id BLOB NOT NULL REFERENCES departments (id),
    customer_id BLOB NOT NULL REFERENCES customers (id),
    shipped_on DATE NOT NULL,
    carrier TEXT,
    tracking_number TEXT,
    source TEXT,
    external_identity TEXT,
    recorded_by_id BLOB NOT NULL REFERENCES users (id),
    recorded_at BIGINT NOT NULL,
    status TEXT NOT NULL,
    delivered_on DATE,
    proof TEXT,
    taken_back_at BIGINT,
    taken_back_reason TEXT,
    changed_at BIGINT NOT NULL,
    version BIGINT NOT NULL,
    UNIQUE (source, external_identity),
    CHECK ((source IS NULL) = (external_identity IS NULL)),
    CHECK ((delivered_on IS NULL) = (status <> 'delivered')),
    CHECK ((taken_back_at IS NULL) = (status <> 'taken_back'))
);
CREATE INDEX shipments_by_order ON shipments (order_id, id);
CREATE INDEX shipments_by_department ON shipments (department_id, id);
CREATE INDEX shipments_by_customer ON shipments (customer_id, id);
CREATE INDEX shipments_by_day ON shipments (shipped_on, id);
CREATE INDEX shipments_by_status ON shipments (status, id);
CREATE INDEX shipments_by_change ON shipments (changed_at, id);
CREATE INDEX shipments_by_recorder ON shipments (recorded_by_id, id);

CREATE TABLE shipment_lines (
    shipment_id BLOB NOT NULL REFERENCES shipments (id),
    line_id BLOB NOT NULL REFERENCES sales_order_lines (id),
    -- The place of the line in its order, from 1 on.
    place INTEGER NOT NULL,
    -- In ten-thousandths of the unit.
    quantity BIGINT NOT NULL,
    PRIMARY KEY (shipment_id, line_id),
    CHECK (quantity > 0)
);
CREATE INDEX shipment_lines_by_line ON shipment_lines (line_id);
