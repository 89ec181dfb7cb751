-- Products: what is sold, and what it costs.
CREATE TABLE products (
    id ID PRIMARY KEY NOT NULL,
    code TEXT NOT NULL UNIQUE,
    name_zh TEXT NOT NULL,
    name_en TEXT NOT NULL,
    category TEXT NOT NULL,
    unit TEXT NOT NULL,
    decimals INTEGER NOT NULL,
    tax_rate_bp INTEGER NOT NULL,
    sold_from DATE NOT NULL,
    sold_to DATE,
    source TEXT,
    external_identity TEXT,
    changed_at INSTANT NOT NULL,
    version BIGINT NOT NULL,
    search_text TEXT NOT NULL,
    UNIQUE (source, external_identity),
    CHECK ((source IS NULL) = (external_identity IS NULL)),
    CHECK (decimals BETWEEN 0 AND 4),
    CHECK (sold_to IS NULL OR sold_from <= sold_to)
);
CREATE INDEX products_by_category ON products (category, id);
CREATE INDEX products_by_change ON products (changed_at, id);

CREATE TABLE product_costs (
    product_id ID NOT NULL REFERENCES products (id),
    from_on DATE NOT NULL,
    to_on DATE,
    amount_minor BIGINT NOT NULL,
    currency TEXT NOT NULL,
    PRIMARY KEY (product_id, from_on),
    CHECK (amount_minor >= 0),
    CHECK (to_on IS NULL OR from_on <= to_on)
);
