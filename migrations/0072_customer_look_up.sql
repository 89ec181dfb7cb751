-- How often somebody has asked whether a customer is known: so many times an hour and no more.
CREATE TABLE customer_look_ups (
    user_id ID NOT NULL REFERENCES users (id),
    -- The hours since 1970.
    hour BIGINT NOT NULL,
    count BIGINT NOT NULL,
    PRIMARY KEY (user_id, hour),
    CHECK (count > 0)
);
