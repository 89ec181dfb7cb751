-- Written from migrations/0074_customer_tier.sql by `UPDATE=1 cargo test`: what is to be changed, change there.
-- Tiers of customers: runs of the model, how each came out for whom, which tier is held, figures that people enter.
CREATE TABLE tier_runs (
    id BLOB PRIMARY KEY NOT NULL,
    cut_off DATE NOT NULL UNIQUE,
    holds_from DATE NOT NULL,
    model INTEGER NOT NULL,
    opened_by_id BLOB REFERENCES users (id),
    opened_at BIGINT NOT NULL,
    is_under_way BOOLEAN NOT NULL,
    -- The last customer who was gone through: a mark in their order, not a reference.
    behind BLOB,
    done BIGINT NOT NULL,
    moved BIGINT NOT NULL,
    version BIGINT NOT NULL,
    CHECK (cut_off < holds_from),
    CHECK (moved <= done)
);
CREATE INDEX tier_runs_by_opener ON tier_runs (opened_by_id);
CREATE INDEX tier_runs_by_course ON tier_runs (is_under_way, id);

-- One row a customer who was assessed or whose tier was overridden; it has the identity of the customer.
CREATE TABLE customer_tiers (
    id BLOB PRIMARY KEY NOT NULL REFERENCES customers (id),
    -- What is held since when, as JSON: only ever added to.
    holds TEXT NOT NULL,
    below INTEGER NOT NULL,
    overridden_until DATE,
    latest TEXT,
    version BIGINT NOT NULL,
    CHECK (below >= 0)
);
CREATE INDEX customer_tiers_by_override ON customer_tiers (overridden_until, id);

-- How a run came out for a customer, with the figures as they were frozen: never changed.
CREATE TABLE tier_assessments (
    id BLOB PRIMARY KEY NOT NULL,
    run_id BLOB NOT NULL REFERENCES tier_runs (id),
    customer_id BLOB NOT NULL REFERENCES customers (id),
    score BIGINT NOT NULL,
    reached TEXT NOT NULL,
    tier_before TEXT,
    tier TEXT NOT NULL,
    outcome TEXT NOT NULL,
    held_from DATE NOT NULL,
    detail TEXT NOT NULL,
    UNIQUE (run_id, customer_id),
    CHECK (score BETWEEN 0 AND 1000000)
);
CREATE INDEX tier_assessments_by_customer ON tier_assessments (customer_id, held_from, id);
CREATE INDEX tier_assessments_by_run ON tier_assessments (run_id, id);
CREATE INDEX tier_assessments_by_outcome ON tier_assessments (outcome, id);
CREATE INDEX tier_assessments_by_tier ON tier_assessments (tier, id);

-- Figures that people enter: the latest one known at a cut-off counts.
CREATE TABLE tier_figures (
    id BLOB PRIMARY KEY NOT NULL,
    customer_id BLOB NOT NULL REFERENCES customers (id),
    dimension TEXT NOT NULL,
    value TEXT NOT NULL,
    basis TEXT NOT NULL,
    evidence TEXT NOT NULL,
    entered_on DATE NOT NULL,
    entered_by_id BLOB NOT NULL REFERENCES users (id),
    entered_at BIGINT NOT NULL,
    version BIGINT NOT NULL
);
CREATE INDEX tier_figures_by_customer ON tier_figures (customer_id, dimension, entered_on, id);
CREATE INDEX tier_figures_by_enterer ON tier_figures (entered_by_id, id);
