-- Written from migrations/0091_price_list.sql by `UPDATE=1 cargo test`: what is to be changed, change there.
-- Price lists: a currency has one, with any number of prices.
CREATE TABLE price_lists (
    id UUID PRIMARY KEY NOT NULL,
    name TEXT NOT NULL,
    currency TEXT NOT NULL UNIQUE,
    changed_at TIMESTAMPTZ NOT NULL,
    version BIGINT NOT NULL
);

-- A price never changes: another takes its place, and what was priced by it can still say so.
CREATE TABLE prices (
    id UUID PRIMARY KEY NOT NULL,
    price_list_id UUID NOT NULL REFERENCES price_lists (id),
    product_id UUID NOT NULL REFERENCES products (id),
    customer_id UUID REFERENCES customers (id),
    channel TEXT,
    tier TEXT,
    region TEXT,
    -- Quantities in ten-thousandths of the unit: from one on, below the other.
    from_quantity BIGINT NOT NULL,
    below_quantity BIGINT,
    valid_from DATE NOT NULL,
    valid_before DATE,
    price_minor BIGINT NOT NULL,
    floor_minor BIGINT,
    -- The version of the list it came with, and the one that took it off.
    from_version BIGINT NOT NULL,
    before_version BIGINT,
    CHECK (price_minor > 0),
    CHECK (floor_minor IS NULL OR (floor_minor > 0 AND floor_minor <= price_minor)),
    CHECK (from_quantity >= 0 AND (below_quantity IS NULL OR from_quantity < below_quantity)),
    CHECK (valid_before IS NULL OR valid_from < valid_before),
    CHECK (before_version IS NULL OR from_version < before_version)
);
CREATE INDEX prices_by_product ON prices (product_id, price_list_id, before_version);
CREATE INDEX prices_by_list ON prices (price_list_id, id);
CREATE INDEX prices_by_customer ON prices (customer_id, id);
