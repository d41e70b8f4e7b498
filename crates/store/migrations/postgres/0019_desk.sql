-- What people at the desk search by, and what programs repeat.

CREATE INDEX entry_gross ON entry (gross, order_id);

CREATE TABLE idempotency (
    caller   TEXT    NOT NULL,
    key      TEXT    NOT NULL,
    what     TEXT    NOT NULL,
    hash     BYTEA   NOT NULL,
    begun_at BIGINT  NOT NULL,
    status   BIGINT,
    answer   TEXT,
    PRIMARY KEY (caller, key)
);

CREATE INDEX idempotency_begun ON idempotency (begun_at);
