-- Written from migrations/0124_review_round.sql by `UPDATE=1 cargo test`: what is to be changed, change there.
-- Rounds of reviews: how much somebody is asked to say in a period, and how much of it they have said; never about whom.
CREATE TABLE review_rounds (
    id UUID PRIMARY KEY NOT NULL,
    appraisal_period_id UUID NOT NULL REFERENCES appraisal_periods (id),
    reviewer_id UUID NOT NULL REFERENCES employees (id),
    kind TEXT NOT NULL,
    asked BIGINT NOT NULL,
    given BIGINT NOT NULL,
    due_on DATE,
    is_closed BOOLEAN NOT NULL,
    version BIGINT NOT NULL,
    UNIQUE (appraisal_period_id, reviewer_id, kind),
    CHECK (given >= 0 AND given <= asked)
);
CREATE INDEX review_rounds_by_reviewer ON review_rounds (reviewer_id, id);
