-- The company's own sign-in: an account may belong to somebody whom an OpenID provider knows.

-- Both or neither: the provider, and what it calls them for ever.
ALTER TABLE account ADD COLUMN issuer TEXT;
ALTER TABLE account ADD COLUMN subject TEXT;

CREATE UNIQUE INDEX account_subject ON account (issuer, subject);

-- Attempts that are under way. The secret behind the hash is in the browser that began.
CREATE TABLE sign_on (
    hash       BLOB    NOT NULL PRIMARY KEY,
    next       TEXT    NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX sign_on_expires ON sign_on (expires_at);
