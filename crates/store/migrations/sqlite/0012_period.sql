-- Months of the retailer: closed, and opened again by two persons.

-- How a period stands; without a row it is open. `seq` and `hash` are the end of its acts' chain.
CREATE TABLE period (
    month      TEXT    NOT NULL PRIMARY KEY,
    state      TEXT    NOT NULL,
    changed_at INTEGER NOT NULL,
    seq        INTEGER NOT NULL,
    hash       BLOB    NOT NULL
) STRICT, WITHOUT ROWID;

-- Who did what to a period, when and why: append-only, one chain a period.
CREATE TABLE period_act (
    month  TEXT    NOT NULL,
    seq    INTEGER NOT NULL,
    act    TEXT    NOT NULL,
    actor  TEXT    NOT NULL,
    reason TEXT    NOT NULL,
    at     INTEGER NOT NULL,
    days   INTEGER NOT NULL,
    pinned BLOB    NOT NULL,
    prev   BLOB    NOT NULL,
    hash   BLOB    NOT NULL,
    PRIMARY KEY (month, seq)
) STRICT, WITHOUT ROWID;

-- With which certificate a store-day was counted when a period was closed. A day of an earlier
-- period stands here as well where it was changed late, and counts with what changed.
CREATE TABLE period_day (
    month        TEXT    NOT NULL,
    act          INTEGER NOT NULL,
    warehouse_id INTEGER NOT NULL,
    day          TEXT    NOT NULL,
    certificate  INTEGER NOT NULL,
    before       INTEGER,
    PRIMARY KEY (month, act, warehouse_id, day)
) STRICT, WITHOUT ROWID;

CREATE INDEX period_day_counted ON period_day (warehouse_id, day, certificate);

CREATE TRIGGER period_act_no_update BEFORE UPDATE ON period_act
BEGIN SELECT RAISE(ABORT, 'acts on a period are append-only'); END;
CREATE TRIGGER period_act_no_delete BEFORE DELETE ON period_act
BEGIN SELECT RAISE(ABORT, 'acts on a period are append-only'); END;
CREATE TRIGGER period_day_no_update BEFORE UPDATE ON period_day
BEGIN SELECT RAISE(ABORT, 'days of a closed period are append-only'); END;
CREATE TRIGGER period_day_no_delete BEFORE DELETE ON period_day
BEGIN SELECT RAISE(ABORT, 'days of a closed period are append-only'); END;
