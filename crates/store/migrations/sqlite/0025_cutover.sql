-- From another integration to Daybook, and back. There is one row of `cutover`, from the beginning:
-- whoever writes an intent reads it in the same transaction. `also` is a list of words, `posting`,
-- `faults` and `summary` are JSON.

CREATE TABLE cutover (
    id             INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
    mode           TEXT    NOT NULL,
    since          INTEGER NOT NULL,
    first_order_id INTEGER,
    point          INTEGER,
    also           TEXT    NOT NULL
) STRICT, WITHOUT ROWID;

INSERT INTO cutover (id, mode, since, first_order_id, point, also)
VALUES (1, 'live', 0, NULL, NULL, '');

-- Documents that the other integration posted, each of one entry at most.
CREATE TABLE elsewhere (
    erp_order_id  INTEGER NOT NULL PRIMARY KEY,
    order_id      INTEGER NOT NULL,
    own_reference TEXT    NOT NULL,
    reference     TEXT    NOT NULL,
    order_number  TEXT    NOT NULL,
    net           INTEGER NOT NULL,
    tax           INTEGER NOT NULL,
    gross         INTEGER NOT NULL,
    found_at      INTEGER NOT NULL
) STRICT;
CREATE INDEX elsewhere_entry ON elsewhere (order_id);

-- Entries whose document of the other integration was looked for, with what Daybook would have done.
CREATE TABLE sought (
    order_id  INTEGER NOT NULL PRIMARY KEY,
    began_at  INTEGER NOT NULL,
    looked_at INTEGER,
    posting   TEXT,
    faults    TEXT
) STRICT;

-- What Daybook posted while the other integration may be late: looked at once more.
CREATE TABLE cutover_watch (
    order_id INTEGER NOT NULL PRIMARY KEY,
    due_at   INTEGER NOT NULL,
    until    INTEGER NOT NULL
) STRICT;
CREATE INDEX cutover_watch_due ON cutover_watch (due_at);

CREATE TABLE cutover_stock (
    id      INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
    at      INTEGER NOT NULL,
    summary TEXT    NOT NULL
) STRICT, WITHOUT ROWID;
