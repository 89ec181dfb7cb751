-- Written from migrations/0131_quotation.sql by `UPDATE=1 cargo test`: what is to be changed, change there.
-- Quotations and what they offer; a contract is made of one once.
CREATE TABLE quotations (
    id BLOB PRIMARY KEY NOT NULL,
    number TEXT NOT NULL UNIQUE,
    customer_id BLOB NOT NULL REFERENCES customers (id),
    opportunity_id BLOB REFERENCES opportunities (id),
    owner_id BLOB NOT NULL REFERENCES employees (id),
    department_id BLOB NOT NULL REFERENCES departments (id),
    edition INTEGER NOT NULL,
    subject TEXT NOT NULL,
    region TEXT,
    channel TEXT,
    discount_minor BIGINT NOT NULL,
    total_minor BIGINT NOT NULL,
    currency TEXT NOT NULL,
    valid_until DATE NOT NULL,
    sent_at BIGINT,
    status TEXT NOT NULL,
    status_at BIGINT NOT NULL,
    status_reason TEXT,
    contract_id BLOB UNIQUE REFERENCES sales_contracts (id),
    changed_at BIGINT NOT NULL,
    version BIGINT NOT NULL,
    search_text TEXT NOT NULL,
    CHECK (total_minor > 0 AND discount_minor >= 0 AND edition > 0),
    CHECK ((status = 'converted') = (contract_id IS NOT NULL))
);
CREATE INDEX quotations_by_customer ON quotations (customer_id, id);
CREATE INDEX quotations_by_opportunity ON quotations (opportunity_id, sent_at);
CREATE INDEX quotations_by_owner ON quotations (owner_id, id);
CREATE INDEX quotations_by_department ON quotations (department_id, id);
CREATE INDEX quotations_by_status ON quotations (status, id);
CREATE INDEX quotations_by_validity ON quotations (valid_until, id);
CREATE INDEX quotations_by_change ON quotations (changed_at, id);

CREATE TABLE quotation_lines (
    quotation_id BLOB NOT NULL REFERENCES quotations (id),
    place INTEGER NOT NULL,
    product_id BLOB NOT NULL REFERENCES products (id),
    -- In ten-thousandths of the unit.
    quantity BIGINT NOT NULL,
    price_minor BIGINT NOT NULL,
    tax_rate_bp INTEGER NOT NULL,
    PRIMARY KEY (quotation_id, place),
    CHECK (quantity > 0 AND price_minor > 0)
);
CREATE INDEX quotation_lines_by_product ON quotation_lines (product_id, quotation_id);
