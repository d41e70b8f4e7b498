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
    factor       BLOB,
    factor_next  BLOB,
    factor_step  INTEGER,
    created_at   INTEGER NOT NULL,
    created_by   TEXT    NOT NULL,
    password_at  INTEGER,
    signed_in_at INTEGER,
    disabled_at  INTEGER
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX account_login ON account (login);
CREATE UNIQUE INDEX account_name ON account (name);

CREATE TABLE recovery_code (
    account TEXT NOT NULL,
    hash    BLOB NOT NULL,
    PRIMARY KEY (account, hash)
) STRICT, WITHOUT ROWID;

-- One-time links: to join, to choose a new password, to come in. Without an account the link makes
-- the first one.
CREATE TABLE invitation (
    hash       BLOB    NOT NULL PRIMARY KEY,
    account    TEXT,
    purpose    TEXT    NOT NULL,
    expires_at INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    created_by TEXT    NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX invitation_account ON invitation (account);

-- `half`: the password was right, the second factor is still to come.
CREATE TABLE session (
    hash       BLOB    NOT NULL PRIMARY KEY,
    id         TEXT    NOT NULL,
    account    TEXT    NOT NULL,
    half       INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    seen_at    INTEGER NOT NULL,
    idle_until INTEGER NOT NULL,
    ends_at    INTEGER NOT NULL,
    agent      TEXT    NOT NULL
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX session_id ON session (id);
CREATE INDEX session_account ON session (account, created_at);

-- Browsers that somebody has signed in with: strangers' wrong guesses do not slow them down.
CREATE TABLE device (
    hash    BLOB    NOT NULL,
    account TEXT    NOT NULL,
    seen_at INTEGER NOT NULL,
    PRIMARY KEY (hash, account)
) STRICT, WITHOUT ROWID;

CREATE INDEX device_account ON device (account);

-- Wrong guesses, by whom or what they are counted.
CREATE TABLE throttle (
    scope      TEXT    NOT NULL PRIMARY KEY,
    failures   INTEGER NOT NULL,
    last_at    INTEGER NOT NULL,
    wait_until INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX throttle_last ON throttle (last_at);

CREATE TABLE api_token (
    id         TEXT    NOT NULL PRIMARY KEY,
    hash       BLOB    NOT NULL,
    prefix     TEXT    NOT NULL,
    name       TEXT    NOT NULL,
    rights     TEXT    NOT NULL,
    stores     TEXT,
    created_at INTEGER NOT NULL,
    created_by TEXT    NOT NULL,
    expires_at INTEGER NOT NULL,
    used_at    INTEGER,
    revoked_at INTEGER
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX api_token_hash ON api_token (hash);
CREATE UNIQUE INDEX api_token_name ON api_token (name);
