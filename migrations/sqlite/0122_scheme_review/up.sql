-- Written from migrations/0122_scheme_review.sql by `UPDATE=1 cargo test`: what is to be changed, change there.
-- Reviews of schemes of appraisal, each kept as it was made.
CREATE TABLE scheme_reviews (
    id BLOB PRIMARY KEY NOT NULL,
    -- The code of the scheme.
    scheme TEXT NOT NULL,
    first_on DATE NOT NULL,
    last_on DATE NOT NULL,
    sheets BIGINT NOT NULL,
    detail TEXT NOT NULL,
    made_by_id BLOB NOT NULL REFERENCES users (id),
    made_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    version BIGINT NOT NULL,
    CHECK (first_on <= last_on),
    CHECK (sheets > 0)
);
CREATE INDEX scheme_reviews_by_scheme ON scheme_reviews (scheme, id);
CREATE INDEX scheme_reviews_by_maker ON scheme_reviews (made_by_id);
CREATE INDEX scheme_reviews_by_change ON scheme_reviews (changed_at, id);
