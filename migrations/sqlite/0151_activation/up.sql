-- Written from migrations/0151_activation.sql by `UPDATE=1 cargo test`: what is to be changed, change there.
-- The one-time codes with which people choose the password of an account that was opened for them: the last of each account.
CREATE TABLE activations (
    id BLOB PRIMARY KEY NOT NULL,
    user_id BLOB NOT NULL UNIQUE REFERENCES users (id),
    code_hash BLOB NOT NULL UNIQUE,
    issued_at BIGINT NOT NULL,
    used_at BIGINT,
    version BIGINT NOT NULL
);
