-- Written from migrations/0009_budget_analysis.sql by `UPDATE=1 cargo test`: what is to be changed, change there.
-- Analyses of how budgets are executed.
CREATE TABLE budget_analyses (
    id UUID PRIMARY KEY NOT NULL,
    title TEXT NOT NULL,
    period TEXT NOT NULL,
    fiscal_year INTEGER NOT NULL,
    department_id UUID REFERENCES departments (id),
    body TEXT NOT NULL,
    conclusions TEXT NOT NULL,
    figures TEXT NOT NULL,
    currency TEXT NOT NULL,
    author_id UUID NOT NULL REFERENCES employees (id),
    filed_by_id UUID NOT NULL REFERENCES users (id),
    filed_at TIMESTAMPTZ NOT NULL,
    version BIGINT NOT NULL,
    search_text TEXT NOT NULL
);
CREATE INDEX budget_analyses_by_period ON budget_analyses (period, id);
CREATE INDEX budget_analyses_by_year ON budget_analyses (fiscal_year, id);
CREATE INDEX budget_analyses_by_department ON budget_analyses (department_id);
CREATE INDEX budget_analyses_by_author ON budget_analyses (author_id);
CREATE INDEX budget_analyses_by_filer ON budget_analyses (filed_by_id);
