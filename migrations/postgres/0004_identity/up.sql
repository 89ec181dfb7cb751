-- Written from migrations/0004_identity.sql by `UPDATE=1 cargo test`: what is to be changed, change there.
-- Identity: accounts, roles, grants, sessions, API keys, signing keys.
CREATE TABLE users (
    id UUID PRIMARY KEY NOT NULL,
    username TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    employee_id UUID UNIQUE REFERENCES employees (id),
    disabled_at TIMESTAMPTZ,
    password_hash TEXT,
    must_change_password BOOLEAN NOT NULL,
    password_changed_at TIMESTAMPTZ,
    version BIGINT NOT NULL,
    search_text TEXT NOT NULL,
    CHECK ((kind = 'person') = (password_hash IS NOT NULL))
);
CREATE INDEX users_by_name ON users (name, id);

CREATE TABLE roles (
    id UUID PRIMARY KEY NOT NULL,
    code TEXT NOT NULL UNIQUE,
    name_zh TEXT NOT NULL,
    name_en TEXT NOT NULL,
    is_built_in BOOLEAN NOT NULL,
    is_retired BOOLEAN NOT NULL,
    version BIGINT NOT NULL,
    search_text TEXT NOT NULL
);
CREATE INDEX roles_by_name ON roles (name_zh, id);

CREATE TABLE role_permissions (
    role_id UUID NOT NULL REFERENCES roles (id),
    permission TEXT NOT NULL,
    PRIMARY KEY (role_id, permission)
);

CREATE TABLE grants (
    id UUID PRIMARY KEY NOT NULL,
    user_id UUID NOT NULL REFERENCES users (id),
    role_id UUID NOT NULL REFERENCES roles (id),
    scope TEXT NOT NULL,
    department_id UUID REFERENCES departments (id),
    from_on DATE NOT NULL,
    until_on DATE,
    ended_at TIMESTAMPTZ,
    version BIGINT NOT NULL
);
CREATE INDEX grants_by_user ON grants (user_id, id);
CREATE INDEX grants_by_role ON grants (role_id, id);
CREATE INDEX grants_by_department ON grants (department_id);

CREATE TABLE sessions (
    id UUID PRIMARY KEY NOT NULL,
    user_id UUID NOT NULL REFERENCES users (id),
    started_at TIMESTAMPTZ NOT NULL,
    refreshed_at TIMESTAMPTZ NOT NULL,
    expires_at TIMESTAMPTZ NOT NULL,
    address TEXT NOT NULL,
    agent TEXT NOT NULL,
    generation INTEGER NOT NULL,
    token_hash BYTEA NOT NULL,
    ended_at TIMESTAMPTZ,
    end_reason TEXT,
    version BIGINT NOT NULL,
    CHECK ((ended_at IS NULL) = (end_reason IS NULL))
);
CREATE INDEX sessions_by_user ON sessions (user_id, id);
CREATE INDEX sessions_by_expiry ON sessions (expires_at);

-- Every refresh token a session ever had, so that one used twice is recognised.
CREATE TABLE refresh_tokens (
    hash BYTEA PRIMARY KEY NOT NULL,
    session_id UUID NOT NULL REFERENCES sessions (id),
    generation INTEGER NOT NULL
);
CREATE INDEX refresh_tokens_by_session ON refresh_tokens (session_id);

CREATE TABLE api_keys (
    id UUID PRIMARY KEY NOT NULL,
    user_id UUID NOT NULL REFERENCES users (id),
    name TEXT NOT NULL,
    prefix TEXT NOT NULL UNIQUE,
    hash BYTEA NOT NULL UNIQUE,
    scopes TEXT NOT NULL,
    issued_at TIMESTAMPTZ NOT NULL,
    expires_at TIMESTAMPTZ,
    revoked_at TIMESTAMPTZ,
    replaces_id UUID REFERENCES api_keys (id),
    last_used_at TIMESTAMPTZ,
    version BIGINT NOT NULL
);
CREATE INDEX api_keys_by_name ON api_keys (name, id);
CREATE INDEX api_keys_by_user ON api_keys (user_id, id);
CREATE INDEX api_keys_by_replaced ON api_keys (replaces_id);

CREATE TABLE signing_keys (
    id UUID PRIMARY KEY NOT NULL,
    public_key TEXT NOT NULL,
    private_key TEXT NOT NULL,
    made_at TIMESTAMPTZ NOT NULL,
    accepted_until TIMESTAMPTZ,
    version BIGINT NOT NULL
);
