-- How entries come in: how far we have read, what is missing below that, events, exchanges.

CREATE TABLE watermark (
    name       TEXT    NOT NULL PRIMARY KEY,
    value      BIGINT  NOT NULL,
    updated_at BIGINT  NOT NULL
);

CREATE TABLE missing (
    order_id        BIGINT  NOT NULL PRIMARY KEY,
    first_missed_at BIGINT  NOT NULL,
    next_ask_at     BIGINT  NOT NULL,
    asks            BIGINT  NOT NULL,
    given_up_at     BIGINT 
);

CREATE INDEX missing_due ON missing (next_ask_at, order_id) WHERE given_up_at IS NULL;

CREATE TABLE inbox (
    event_id    TEXT    NOT NULL PRIMARY KEY,
    received_at BIGINT  NOT NULL,
    event_type  TEXT    NOT NULL,
    order_id    BIGINT,
    body        TEXT    NOT NULL,
    handled_at  BIGINT,
    due_at      BIGINT  NOT NULL,
    tries       BIGINT  NOT NULL
);

CREATE INDEX inbox_due ON inbox (due_at, event_id) WHERE handled_at IS NULL;
CREATE INDEX inbox_handled ON inbox (handled_at) WHERE handled_at IS NOT NULL;

CREATE TABLE exchange (
    id          UUID    NOT NULL PRIMARY KEY,
    order_id    BIGINT,
    system      TEXT    NOT NULL,
    purpose     TEXT    NOT NULL,
    method      TEXT    NOT NULL,
    path        TEXT    NOT NULL,
    started_at  BIGINT  NOT NULL,
    duration_us BIGINT  NOT NULL,
    status      BIGINT,
    class       TEXT    NOT NULL,
    request     TEXT,
    response    TEXT
);

CREATE INDEX exchange_order ON exchange (order_id, started_at) WHERE order_id IS NOT NULL;
CREATE INDEX exchange_started ON exchange (started_at);
