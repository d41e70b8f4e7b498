-- Who may sign in to the desk, and what is signed in. Of passwords, links, sessions, recovery codes
-- and tokens the book holds hashes only.

-- `roles` are words with a blank between them; `stores` are ids in the same way, or null for all.
-- The second factor's secret has to be read again, so it stands here as it is.
CREATE TABLE account (
    id           TEXT    NOT NULL PRIMARY KEY,
    login        TEXT    NOT NULL,
    name         TEXT    NOT NULL,
    password     TEXT,
    roles        TEXT    NOT NULL,
    stores       TEXT,
    factor       BYTEA,
    factor_next  BYTEA,
    factor_step  BIGINT,
    created_at   BIGINT  NOT NULL,
    created_by   TEXT    NOT NULL,
    password_at  BIGINT,
    signed_in_at BIGINT,
    disabled_at  BIGINT 
);

CREATE UNIQUE INDEX account_login ON account (login);
CREATE UNIQUE INDEX account_name ON account (name);

CREATE TABLE recovery_code (
    account TEXT NOT NULL,
    hash    BYTEA NOT NULL,
    PRIMARY KEY (account, hash)
);

-- One-time links: to join, to choose a new password, to come in. Without an account the link makes
-- the first one.
CREATE TABLE invitation (
    hash       BYTEA   NOT NULL PRIMARY KEY,
    account    TEXT,
    purpose    TEXT    NOT NULL,
    expires_at BIGINT  NOT NULL,
    created_at BIGINT  NOT NULL,
    created_by TEXT    NOT NULL
);

CREATE INDEX invitation_account ON invitation (account);

-- `half`: the password was right, the second factor is still to come.
CREATE TABLE session (
    hash       BYTEA   NOT NULL PRIMARY KEY,
    id         TEXT    NOT NULL,
    account    TEXT    NOT NULL,
    half       BOOLEAN NOT NULL,
    created_at BIGINT  NOT NULL,
    seen_at    BIGINT  NOT NULL,
    idle_until BIGINT  NOT NULL,
    ends_at    BIGINT  NOT NULL,
    agent      TEXT    NOT NULL
);

CREATE UNIQUE INDEX session_id ON session (id);
CREATE INDEX session_account ON session (account, created_at);

-- Browsers that somebody has signed in with: strangers' wrong guesses do not slow them down.
CREATE TABLE device (
    hash    BYTEA   NOT NULL,
    account TEXT    NOT NULL,
    seen_at BIGINT  NOT NULL,
    PRIMARY KEY (hash, account)
);

CREATE INDEX device_account ON device (account);

-- Wrong guesses, by whom or what they are counted.
CREATE TABLE throttle (
    scope      TEXT    NOT NULL PRIMARY KEY,
    failures   BIGINT  NOT NULL,
    last_at    BIGINT  NOT NULL,
    wait_until BIGINT  NOT NULL
);

CREATE INDEX throttle_last ON throttle (last_at);

CREATE TABLE api_token (
    id         TEXT    NOT NULL PRIMARY KEY,
    hash       BYTEA   NOT NULL,
    prefix     TEXT    NOT NULL,
    name       TEXT    NOT NULL,
    rights     TEXT    NOT NULL,
    stores     TEXT,
    created_at BIGINT  NOT NULL,
    created_by TEXT    NOT NULL,
    expires_at BIGINT  NOT NULL,
    used_at    BIGINT,
    revoked_at BIGINT 
);

CREATE UNIQUE INDEX api_token_hash ON api_token (hash);
CREATE UNIQUE INDEX api_token_name ON api_token (name);
