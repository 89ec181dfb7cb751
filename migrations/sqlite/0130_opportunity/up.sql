-- Written from migrations/0130_opportunity.sql by `UPDATE=1 cargo test`: what is to be changed, change there.
-- Opportunities, and every move of theirs.
CREATE TABLE opportunities (
    id BLOB PRIMARY KEY NOT NULL,
    number TEXT NOT NULL UNIQUE,
    customer_id BLOB NOT NULL REFERENCES customers (id),
    subject TEXT NOT NULL,
    product_line TEXT,
    estimate_minor BIGINT,
    currency TEXT NOT NULL,
    expected_on DATE,
    owner_id BLOB NOT NULL REFERENCES employees (id),
    department_id BLOB NOT NULL REFERENCES departments (id),
    stage TEXT NOT NULL,
    stage_since DATE NOT NULL,
    status TEXT NOT NULL,
    loss_reason TEXT,
    competitor TEXT,
    loss_note TEXT,
    sale_id BLOB REFERENCES sales (id),
    opened_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    version BIGINT NOT NULL,
    search_text TEXT NOT NULL,
    CHECK (estimate_minor IS NULL OR estimate_minor > 0),
    CHECK ((status = 'lost') = (loss_reason IS NOT NULL)),
    CHECK ((status = 'won') = (sale_id IS NOT NULL))
);
CREATE INDEX opportunities_by_customer ON opportunities (customer_id, id);
CREATE INDEX opportunities_by_owner ON opportunities (owner_id, id);
CREATE INDEX opportunities_by_department ON opportunities (department_id, id);
CREATE INDEX opportunities_by_status ON opportunities (status, expected_on);
CREATE INDEX opportunities_by_stage ON opportunities (stage, stage_since, id);
CREATE INDEX opportunities_by_expectation ON opportunities (expected_on, id);
CREATE INDEX opportunities_by_change ON opportunities (changed_at, id);
CREATE INDEX opportunities_by_sale ON opportunities (sale_id);

-- Only ever added to.
CREATE TABLE opportunity_moves (
    opportunity_id BLOB NOT NULL REFERENCES opportunities (id),
    place INTEGER NOT NULL,
    kind TEXT NOT NULL,
    stage TEXT NOT NULL,
    moved_at BIGINT NOT NULL,
    moved_on DATE NOT NULL,
    moved_by_id BLOB REFERENCES employees (id),
    owner_id BLOB NOT NULL REFERENCES employees (id),
    reason TEXT,
    PRIMARY KEY (opportunity_id, place)
);
CREATE INDEX opportunity_moves_by_mover ON opportunity_moves (moved_by_id, moved_on);
CREATE INDEX opportunity_moves_by_owner ON opportunity_moves (owner_id);
