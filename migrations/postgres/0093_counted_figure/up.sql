-- Written from migrations/0093_counted_figure.sql by `UPDATE=1 cargo test`: what is to be changed, change there.
-- Figures with a ceiling, whatever they count, and the entries that moved them.
CREATE TABLE counted_figures (
    id UUID PRIMARY KEY NOT NULL,
    kind TEXT NOT NULL,
    -- What it is a figure of; of any kind, so it refers to no table.
    subject UUID NOT NULL,
    counted BIGINT NOT NULL,
    ceiling BIGINT NOT NULL,
    control TEXT NOT NULL,
    UNIQUE (kind, subject),
    CHECK (counted >= 0),
    -- Whatever the code does, nothing goes beyond a hard ceiling.
    CHECK (control <> 'hard' OR counted <= ceiling)
);

CREATE TABLE counted_entries (
    figure_id UUID NOT NULL REFERENCES counted_figures (id),
    -- What moved it, once.
    source UUID NOT NULL,
    amount BIGINT NOT NULL,
    at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (figure_id, source)
);
