-- The book itself: entries, the till's payloads, the timeline and the attempts.
-- Money is pence, moments are microseconds since 1970 (UTC), both whole numbers on both engines.

CREATE TABLE entry (
    order_id          INTEGER NOT NULL PRIMARY KEY,
    site_id           INTEGER NOT NULL,
    reference         TEXT    NOT NULL,
    kind              TEXT    NOT NULL,
    state             TEXT    NOT NULL,
    reason            TEXT,
    warehouse_id      INTEGER,
    register_id       TEXT,
    receipt_id        TEXT,
    order_date        INTEGER NOT NULL,
    currency          TEXT    NOT NULL,
    net               INTEGER NOT NULL,
    vat               INTEGER NOT NULL,
    gross             INTEGER NOT NULL,
    original_order_id INTEGER,
    partner_order_id  INTEGER,
    received_at       INTEGER NOT NULL,
    changed_at        INTEGER NOT NULL,
    due_at            INTEGER,
    attempt           INTEGER NOT NULL,
    failures          INTEGER NOT NULL,
    worker            TEXT,
    lease_until       INTEGER,
    doubt_since       INTEGER,
    doubt_lookups     INTEGER NOT NULL,
    erp_order_id      INTEGER,
    erp_order_number  TEXT,
    erp_net           INTEGER,
    erp_tax           INTEGER,
    erp_gross         INTEGER,
    stored_at         INTEGER,
    posted_at         INTEGER,
    confirmed_at      INTEGER,
    payload_hash      BLOB    NOT NULL,
    payload_version   INTEGER NOT NULL,
    seq               INTEGER NOT NULL,
    chain             BLOB    NOT NULL
) STRICT;

CREATE UNIQUE INDEX entry_reference ON entry (reference);
CREATE INDEX entry_receipt ON entry (receipt_id) WHERE receipt_id IS NOT NULL;
CREATE INDEX entry_erp_number ON entry (erp_order_number) WHERE erp_order_number IS NOT NULL;
CREATE INDEX entry_day ON entry (order_date, order_id);
CREATE INDEX entry_original ON entry (original_order_id) WHERE original_order_id IS NOT NULL;
-- One small index a queue: a book of millions costs the engine no more than an empty one.
CREATE INDEX entry_ready ON entry (due_at, order_id, warehouse_id) WHERE state = 'ready';
CREATE INDEX entry_waiting ON entry (due_at, order_id) WHERE state = 'waiting';
CREATE INDEX entry_posting ON entry (lease_until, order_id) WHERE state = 'posting';
CREATE INDEX entry_in_doubt ON entry (due_at, order_id) WHERE state = 'in-doubt';
CREATE INDEX entry_posted ON entry (due_at, order_id) WHERE state = 'posted';
CREATE INDEX entry_held ON entry (order_id) WHERE state = 'held';
CREATE INDEX entry_held_due ON entry (due_at, order_id) WHERE state = 'held' AND due_at IS NOT NULL;
CREATE INDEX entry_dismissed ON entry (order_id) WHERE state = 'dismissed';
CREATE INDEX entry_set_aside ON entry (order_id) WHERE state = 'set-aside';
CREATE INDEX entry_recheck ON entry (due_at, order_id) WHERE state = 'set-aside' AND due_at IS NOT NULL;
CREATE INDEX entry_unfinished_age ON entry (state, received_at)
    WHERE state IN ('waiting', 'ready', 'posting', 'in-doubt', 'held', 'posted');

-- Kept by every transition, so that nobody ever counts a million rows. `shard` keeps parallel
-- writers on PostgreSQL out of each other's way.
CREATE TABLE entry_count (
    state      TEXT    NOT NULL,
    shard      INTEGER NOT NULL,
    entries    INTEGER NOT NULL,
    gross      INTEGER NOT NULL,
    gross_abs  INTEGER NOT NULL,
    PRIMARY KEY (state, shard)
) STRICT, WITHOUT ROWID;

-- What the till told, as it came; a new version only when it told something else.
CREATE TABLE payload (
    order_id    INTEGER NOT NULL REFERENCES entry (order_id),
    version     INTEGER NOT NULL,
    received_at INTEGER NOT NULL,
    hash        BLOB    NOT NULL,
    body        TEXT    NOT NULL,
    PRIMARY KEY (order_id, version)
) STRICT;

CREATE TABLE timeline (
    order_id INTEGER NOT NULL REFERENCES entry (order_id),
    seq      INTEGER NOT NULL,
    at       INTEGER NOT NULL,
    actor    TEXT    NOT NULL,
    state    TEXT    NOT NULL,
    code     TEXT    NOT NULL,
    detail   TEXT    NOT NULL,
    hash     BLOB    NOT NULL,
    PRIMARY KEY (order_id, seq)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER timeline_no_update BEFORE UPDATE ON timeline
BEGIN SELECT RAISE(ABORT, 'the timeline is append-only'); END;
CREATE TRIGGER timeline_no_delete BEFORE DELETE ON timeline
BEGIN SELECT RAISE(ABORT, 'the timeline is append-only'); END;
CREATE TRIGGER payload_no_update BEFORE UPDATE ON payload
BEGIN SELECT RAISE(ABORT, 'payloads are append-only'); END;
CREATE TRIGGER payload_no_delete BEFORE DELETE ON payload
BEGIN SELECT RAISE(ABORT, 'payloads are append-only'); END;

-- One row a try. A row without `finished_at` is an intent whose outcome was never written down.
CREATE TABLE attempt (
    order_id    INTEGER NOT NULL REFERENCES entry (order_id),
    number      INTEGER NOT NULL,
    started_at  INTEGER NOT NULL,
    worker      TEXT    NOT NULL,
    session_id  INTEGER,
    request     TEXT    NOT NULL,
    finished_at INTEGER,
    class       TEXT,
    status      INTEGER,
    response    TEXT,
    duration_us INTEGER,
    PRIMARY KEY (order_id, number)
) STRICT;
