-- Stock: what the tills moved and OrderWise may not know yet, what OrderWise says is free, what has
-- to be looked at, what was written. Quantities are thousandths.

-- Sold at a till, and not for certain inside OrderWise's figure. A row goes when it is.
CREATE TABLE till_movement (
    order_id     INTEGER NOT NULL REFERENCES entry (order_id),
    row_index    INTEGER NOT NULL,
    warehouse_id INTEGER NOT NULL,
    folded       TEXT    NOT NULL,
    quantity     INTEGER NOT NULL,
    PRIMARY KEY (order_id, row_index, warehouse_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX till_movement_sku ON till_movement (folded, order_id);

-- One location after the other: a sweep reads one of them from end to end.
CREATE TABLE erp_stock (
    location_id   INTEGER NOT NULL,
    folded        TEXT    NOT NULL,
    sku           TEXT    NOT NULL,
    free          INTEGER NOT NULL,
    buffer        INTEGER,
    calculated_at INTEGER NOT NULL,
    read_at       INTEGER NOT NULL,
    PRIMARY KEY (location_id, folded)
) STRICT, WITHOUT ROWID;

CREATE TABLE till_warehouse (
    warehouse_id INTEGER NOT NULL PRIMARY KEY,
    kind         INTEGER NOT NULL,
    name         TEXT    NOT NULL,
    seen_at      INTEGER NOT NULL
) STRICT;

-- A product as far as stock needs it: its spelling, whether it is sold in fractions and counted.
CREATE TABLE stock_product (
    sku            TEXT    NOT NULL PRIMARY KEY,
    folded         TEXT    NOT NULL,
    allow_decimals INTEGER NOT NULL,
    counted        INTEGER NOT NULL,
    seen_at        INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX stock_product_folded ON stock_product (folded);
CREATE INDEX stock_product_seen ON stock_product (seen_at);

CREATE TABLE stock_due (
    warehouse_id INTEGER NOT NULL,
    folded       TEXT    NOT NULL,
    why          TEXT    NOT NULL,
    due_at       INTEGER NOT NULL,
    marks        INTEGER NOT NULL,
    PRIMARY KEY (warehouse_id, folded)
) STRICT, WITHOUT ROWID;

CREATE INDEX stock_due_at ON stock_due (due_at, warehouse_id, folded);

CREATE TABLE stock_write (
    external_id  TEXT    NOT NULL PRIMARY KEY,
    warehouse_id INTEGER NOT NULL,
    kind         TEXT    NOT NULL,
    state        TEXT    NOT NULL,
    items        TEXT    NOT NULL,
    journal_from INTEGER NOT NULL,
    intended_at  INTEGER NOT NULL,
    doubt_since  INTEGER,
    due_at       INTEGER,
    lookups      INTEGER NOT NULL,
    finished_at  INTEGER,
    detail       TEXT    NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX stock_write_open ON stock_write (due_at, external_id) WHERE finished_at IS NULL;
CREATE INDEX stock_write_finished ON stock_write (finished_at) WHERE finished_at IS NOT NULL;

CREATE TABLE stock_history (
    warehouse_id INTEGER NOT NULL,
    folded       TEXT    NOT NULL,
    at           INTEGER NOT NULL,
    sku          TEXT    NOT NULL,
    level        INTEGER NOT NULL,
    reserved     INTEGER NOT NULL,
    free         INTEGER NOT NULL,
    in_flight    INTEGER NOT NULL,
    buffer       INTEGER NOT NULL,
    target       INTEGER NOT NULL,
    why          TEXT    NOT NULL,
    PRIMARY KEY (warehouse_id, folded, at)
) STRICT, WITHOUT ROWID;

CREATE INDEX stock_history_sku ON stock_history (folded, at);
CREATE INDEX stock_history_at ON stock_history (at);

CREATE TABLE buffer_rule (
    scope        TEXT    NOT NULL,
    key          TEXT    NOT NULL,
    warehouse_id INTEGER NOT NULL,
    amount       TEXT    NOT NULL,
    updated_at   INTEGER NOT NULL,
    updated_by   TEXT    NOT NULL,
    PRIMARY KEY (scope, key, warehouse_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE oversell (
    warehouse_id INTEGER NOT NULL,
    folded       TEXT    NOT NULL,
    began_at     INTEGER NOT NULL,
    sku          TEXT    NOT NULL,
    units        INTEGER NOT NULL,
    orders       TEXT    NOT NULL,
    ended_at     INTEGER,
    PRIMARY KEY (warehouse_id, folded, began_at)
) STRICT, WITHOUT ROWID;

CREATE INDEX oversell_open ON oversell (warehouse_id, folded) WHERE ended_at IS NULL;
CREATE INDEX oversell_began ON oversell (began_at);

-- What the last sweep left alone, and why.
CREATE TABLE stock_finding (
    what         TEXT    NOT NULL,
    warehouse_id INTEGER NOT NULL,
    folded       TEXT    NOT NULL,
    sku          TEXT    NOT NULL,
    level        INTEGER NOT NULL,
    free         INTEGER NOT NULL,
    at           INTEGER NOT NULL,
    PRIMARY KEY (what, warehouse_id, folded)
) STRICT, WITHOUT ROWID;
