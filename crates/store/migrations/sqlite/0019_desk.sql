-- What people at the desk search by, and what programs repeat.

CREATE INDEX entry_gross ON entry (gross, order_id);

CREATE TABLE idempotency (
    caller   TEXT    NOT NULL,
    key      TEXT    NOT NULL,
    what     TEXT    NOT NULL,
    hash     BLOB    NOT NULL,
    begun_at INTEGER NOT NULL,
    status   INTEGER,
    answer   TEXT,
    PRIMARY KEY (caller, key)
) STRICT, WITHOUT ROWID;

CREATE INDEX idempotency_begun ON idempotency (begun_at);
