-- What people are told without asking, over which channels, and whether it arrived.

CREATE TABLE alert (
    number      INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    kind        TEXT NOT NULL,
    about       TEXT NOT NULL,
    sentence    TEXT NOT NULL,
    owner       TEXT NOT NULL,
    page        TEXT NOT NULL,
    records     INTEGER NOT NULL,
    money       INTEGER NOT NULL,
    opened_at   INTEGER NOT NULL,
    last_seen   INTEGER NOT NULL,
    escalations INTEGER NOT NULL,
    closed_at   INTEGER,
    looked_at   INTEGER,
    looked_by   TEXT
) STRICT;

CREATE UNIQUE INDEX alert_open ON alert (kind, about) WHERE closed_at IS NULL;
CREATE INDEX alert_closed ON alert (closed_at) WHERE closed_at IS NOT NULL;

CREATE TABLE alert_delivery (
    number     INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    id         TEXT NOT NULL,
    alert      INTEGER REFERENCES alert (number),
    channel    TEXT NOT NULL,
    occasion   TEXT NOT NULL,
    notice     TEXT NOT NULL,
    state      TEXT NOT NULL CHECK (state IN ('pending', 'sent', 'failed', 'dropped')),
    created_at INTEGER NOT NULL,
    due_at     INTEGER,
    attempts   INTEGER NOT NULL,
    last_at    INTEGER,
    error      TEXT
) STRICT;

CREATE INDEX alert_delivery_due ON alert_delivery (due_at, number) WHERE state = 'pending';
CREATE INDEX alert_delivery_alert ON alert_delivery (alert, number) WHERE alert IS NOT NULL;

CREATE TABLE alert_channel (
    name          TEXT NOT NULL PRIMARY KEY,
    failures      INTEGER NOT NULL,
    failing_since INTEGER,
    error         TEXT,
    sent_at       INTEGER
) STRICT, WITHOUT ROWID;
