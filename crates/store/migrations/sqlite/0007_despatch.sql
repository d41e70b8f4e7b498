-- Orders with goods to come, and what OrderWise sent of them.

-- What Sitoo's deliveries say of an order that does not leave the shop whole: read before it is
-- posted, and kept as it was then.
CREATE TABLE supply (
    order_id   INTEGER NOT NULL PRIMARY KEY REFERENCES entry (order_id),
    deliveries TEXT,
    read_at    INTEGER,
    due_at     INTEGER
) STRICT;

CREATE INDEX supply_due ON supply (due_at, order_id) WHERE due_at IS NOT NULL;

-- A posted order of which OrderWise sends something, until both sides are at their end.
CREATE TABLE sending (
    order_id  INTEGER NOT NULL PRIMARY KEY REFERENCES entry (order_id),
    lines     TEXT    NOT NULL,
    begun_at  INTEGER NOT NULL,
    moved_at  INTEGER NOT NULL,
    status    TEXT,
    meaning   TEXT,
    noted     INTEGER NOT NULL,
    verdict   TEXT    NOT NULL,
    due_at    INTEGER,
    looked_at INTEGER,
    ended_at  INTEGER
) STRICT;

CREATE INDEX sending_due ON sending (due_at, order_id) WHERE ended_at IS NULL;
CREATE INDEX sending_status ON sending (status) WHERE ended_at IS NULL;

-- One row a delivery of OrderWise: exactly one delivery in Sitoo comes of it.
CREATE TABLE despatch (
    order_id          INTEGER NOT NULL REFERENCES sending (order_id),
    delivery_id       INTEGER NOT NULL,
    told              TEXT    NOT NULL,
    told_at           INTEGER NOT NULL,
    state             TEXT    NOT NULL,
    due_at            INTEGER,
    attempt           INTEGER NOT NULL,
    failures          INTEGER NOT NULL,
    worker            TEXT,
    lease_until       INTEGER,
    doubt_since       INTEGER,
    lookups           INTEGER NOT NULL,
    intent            TEXT,
    sitoo_delivery_id INTEGER,
    written_at        INTEGER,
    absent_since      INTEGER,
    PRIMARY KEY (order_id, delivery_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX despatch_ready ON despatch (due_at, order_id, delivery_id)
    WHERE state IN ('ready', 'refused');
CREATE INDEX despatch_in_doubt ON despatch (due_at, order_id, delivery_id)
    WHERE state = 'in-doubt';
CREATE INDEX despatch_writing ON despatch (lease_until, order_id, delivery_id)
    WHERE state = 'writing';
