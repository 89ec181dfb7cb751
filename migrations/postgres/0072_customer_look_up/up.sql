-- Written from migrations/0072_customer_look_up.sql by `UPDATE=1 cargo test`: what is to be changed, change there.
-- How often somebody has asked whether a customer is known: so many times an hour and no more.
CREATE TABLE customer_look_ups (
    user_id UUID NOT NULL REFERENCES users (id),
    -- The hours since 1970.
    hour BIGINT NOT NULL,
    count BIGINT NOT NULL,
    PRIMARY KEY (user_id, hour),
    CHECK (count > 0)
);
