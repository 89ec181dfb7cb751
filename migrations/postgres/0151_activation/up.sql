-- Written from migrations/0151_activation.sql by `UPDATE=1 cargo test`: what is to be changed, change there.
-- The one-time codes with which people choose the password of an account that was opened for them: the last of each account.
CREATE TABLE activations (
    id UUID PRIMARY KEY NOT NULL,
    user_id UUID NOT NULL UNIQUE REFERENCES users (id),
    code_hash BYTEA NOT NULL UNIQUE,
    issued_at TIMESTAMPTZ NOT NULL,
    used_at TIMESTAMPTZ,
    version BIGINT NOT NULL
);
