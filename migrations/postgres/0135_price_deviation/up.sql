-- Written from migrations/0135_price_deviation.sql by `UPDATE=1 cargo test`: what is to be changed, change there.
-- Prices above or below the list that somebody asked for, and what holds them.
CREATE TABLE price_deviations (
    id UUID PRIMARY KEY NOT NULL,
    number TEXT NOT NULL UNIQUE,
    department_id UUID NOT NULL REFERENCES departments (id),
    customer_id UUID NOT NULL REFERENCES customers (id),
    product_id UUID NOT NULL REFERENCES products (id),
    -- In ten-thousandths of the unit.
    quantity BIGINT NOT NULL,
    drawn BIGINT NOT NULL,
    price_minor BIGINT NOT NULL,
    list_minor BIGINT NOT NULL,
    currency TEXT NOT NULL,
    price_id UUID NOT NULL REFERENCES prices (id),
    authority TEXT NOT NULL,
    region TEXT,
    channel TEXT,
    mode TEXT NOT NULL,
    grounds TEXT NOT NULL,
    valid_to DATE,
    -- The document that holds or used it; of any kind, so it refers to no table.
    holder UUID,
    -- The same as it is shown, as JSON.
    holding TEXT,
    creator_id UUID NOT NULL REFERENCES users (id),
    creator_employee_id UUID REFERENCES employees (id),
    submitter_id UUID NOT NULL REFERENCES employees (id),
    created_at TIMESTAMPTZ NOT NULL,
    changed_at TIMESTAMPTZ NOT NULL,
    status TEXT NOT NULL,
    status_at TIMESTAMPTZ,
    status_reason TEXT,
    approval_id UUID REFERENCES approvals (id),
    version BIGINT NOT NULL,
    CHECK (quantity > 0 AND price_minor > 0 AND list_minor > 0),
    -- Whatever the code does, nobody sells more by it than was agreed.
    CHECK (drawn >= 0 AND drawn <= quantity),
    CHECK (status <> 'held' OR holder IS NOT NULL),
    CHECK (status <> 'open' OR holder IS NULL),
    CHECK ((holder IS NULL) = (holding IS NULL))
);
CREATE INDEX price_deviations_by_department ON price_deviations (department_id, id);
CREATE INDEX price_deviations_by_customer ON price_deviations (customer_id, product_id, status);
CREATE INDEX price_deviations_by_product ON price_deviations (product_id, id);
CREATE INDEX price_deviations_by_price ON price_deviations (price_id);
CREATE INDEX price_deviations_by_holder ON price_deviations (holder, status);
CREATE INDEX price_deviations_by_end ON price_deviations (status, valid_to, id);
CREATE INDEX price_deviations_by_status ON price_deviations (status, id);
CREATE INDEX price_deviations_by_change ON price_deviations (changed_at, id);
CREATE INDEX price_deviations_by_submitter ON price_deviations (submitter_id, id);
CREATE INDEX price_deviations_by_creator ON price_deviations (creator_id, id);
CREATE INDEX price_deviations_by_creating_employee ON price_deviations (creator_employee_id);
CREATE INDEX price_deviations_by_approval ON price_deviations (approval_id);
