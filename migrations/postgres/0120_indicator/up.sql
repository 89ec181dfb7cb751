-- Written from migrations/0120_indicator.sql by `UPDATE=1 cargo test`: what is to be changed, change there.
-- Indicators: what people are measured by; and the figures that are entered of those that nothing measures.
CREATE TABLE indicators (
    id UUID PRIMARY KEY NOT NULL,
    code TEXT NOT NULL UNIQUE,
    name_zh TEXT NOT NULL,
    name_en TEXT NOT NULL,
    unit TEXT NOT NULL,
    direction TEXT NOT NULL,
    -- The measure it comes from; none of what is entered.
    measure TEXT,
    -- Of what it is measured, such as the code of a rule of duties.
    measured_of TEXT,
    description TEXT NOT NULL,
    is_retired BOOLEAN NOT NULL,
    changed_at TIMESTAMPTZ NOT NULL,
    version BIGINT NOT NULL,
    search_text TEXT NOT NULL,
    CHECK (measured_of IS NULL OR measure IS NOT NULL)
);
CREATE INDEX indicators_by_change ON indicators (changed_at, id);

CREATE TABLE indicator_figures (
    id UUID PRIMARY KEY NOT NULL,
    indicator_id UUID NOT NULL REFERENCES indicators (id),
    employee_id UUID NOT NULL REFERENCES employees (id),
    -- Where the person worked when it was entered.
    department_id UUID NOT NULL REFERENCES departments (id),
    period TEXT NOT NULL,
    part INTEGER NOT NULL,
    -- An exact decimal.
    value TEXT NOT NULL,
    -- The earlier period that it adjusts.
    adjusts_period TEXT,
    -- What it is the figure of, once: nothing of one that was rejected or taken back, or that adjusts.
    held TEXT UNIQUE,
    entered_by_id UUID NOT NULL REFERENCES users (id),
    entered_at TIMESTAMPTZ NOT NULL,
    status TEXT NOT NULL,
    detail TEXT NOT NULL,
    changed_at TIMESTAMPTZ NOT NULL,
    version BIGINT NOT NULL,
    CHECK (part >= 1),
    CHECK (held IS NULL OR adjusts_period IS NULL)
);
CREATE INDEX indicator_figures_by_employee ON indicator_figures (employee_id, period, id);
CREATE INDEX indicator_figures_by_indicator ON indicator_figures (indicator_id, period, id);
CREATE INDEX indicator_figures_by_department ON indicator_figures (department_id, id);
CREATE INDEX indicator_figures_by_period ON indicator_figures (period, id);
CREATE INDEX indicator_figures_by_status ON indicator_figures (status, id);
CREATE INDEX indicator_figures_by_change ON indicator_figures (changed_at, id);
CREATE INDEX indicator_figures_by_writer ON indicator_figures (entered_by_id);
