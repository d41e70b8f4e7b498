-- How entries come in: how far we have read, what is missing below that, events, exchanges.

CREATE TABLE watermark (
    name       TEXT    NOT NULL PRIMARY KEY,
    value      INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE missing (
    order_id        INTEGER NOT NULL PRIMARY KEY,
    first_missed_at INTEGER NOT NULL,
    next_ask_at     INTEGER NOT NULL,
    asks            INTEGER NOT NULL,
    given_up_at     INTEGER
) STRICT;

CREATE INDEX missing_due ON missing (next_ask_at, order_id) WHERE given_up_at IS NULL;

CREATE TABLE inbox (
    event_id    TEXT    NOT NULL PRIMARY KEY,
    received_at INTEGER NOT NULL,
    event_type  TEXT    NOT NULL,
    order_id    INTEGER,
    body        TEXT    NOT NULL,
    handled_at  INTEGER,
    due_at      INTEGER NOT NULL,
    tries       INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX inbox_due ON inbox (due_at, event_id) WHERE handled_at IS NULL;
CREATE INDEX inbox_handled ON inbox (handled_at) WHERE handled_at IS NOT NULL;

CREATE TABLE exchange (
    id          BLOB    NOT NULL PRIMARY KEY,
    order_id    INTEGER,
    system      TEXT    NOT NULL,
    purpose     TEXT    NOT NULL,
    method      TEXT    NOT NULL,
    path        TEXT    NOT NULL,
    started_at  INTEGER NOT NULL,
    duration_us INTEGER NOT NULL,
    status      INTEGER,
    class       TEXT    NOT NULL,
    request     TEXT,
    response    TEXT
) STRICT;

CREATE INDEX exchange_order ON exchange (order_id, started_at) WHERE order_id IS NOT NULL;
CREATE INDEX exchange_started ON exchange (started_at);
