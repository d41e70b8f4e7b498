-- What people are told without asking, over which channels, and whether it arrived.

CREATE TABLE alert (
    number      BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind        TEXT NOT NULL,
    about       TEXT NOT NULL,
    sentence    TEXT NOT NULL,
    owner       TEXT NOT NULL,
    page        TEXT NOT NULL,
    records     BIGINT NOT NULL,
    money       BIGINT NOT NULL,
    opened_at   BIGINT NOT NULL,
    last_seen   BIGINT NOT NULL,
    escalations BIGINT NOT NULL,
    closed_at   BIGINT,
    looked_at   BIGINT,
    looked_by   TEXT
);

CREATE UNIQUE INDEX alert_open ON alert (kind, about) WHERE closed_at IS NULL;
CREATE INDEX alert_closed ON alert (closed_at) WHERE closed_at IS NOT NULL;

CREATE TABLE alert_delivery (
    number     BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id         TEXT NOT NULL,
    alert      BIGINT REFERENCES alert (number),
    channel    TEXT NOT NULL,
    occasion   TEXT NOT NULL,
    notice     TEXT NOT NULL,
    state      TEXT NOT NULL CHECK (state IN ('pending', 'sent', 'failed', 'dropped')),
    created_at BIGINT NOT NULL,
    due_at     BIGINT,
    attempts   BIGINT NOT NULL,
    last_at    BIGINT,
    error      TEXT
);

CREATE INDEX alert_delivery_due ON alert_delivery (due_at, number) WHERE state = 'pending';
CREATE INDEX alert_delivery_alert ON alert_delivery (alert, number) WHERE alert IS NOT NULL;

CREATE TABLE alert_channel (
    name          TEXT NOT NULL PRIMARY KEY,
    failures      BIGINT NOT NULL,
    failing_since BIGINT,
    error         TEXT,
    sent_at       BIGINT
);
