-- The one-time codes with which people choose the password of an account that was opened for them: the last of each account.
CREATE TABLE activations (
    id ID PRIMARY KEY NOT NULL,
    user_id ID NOT NULL UNIQUE REFERENCES users (id),
    code_hash BYTES NOT NULL UNIQUE,
    issued_at INSTANT NOT NULL,
    used_at INSTANT,
    version BIGINT NOT NULL
);
