-- Stock: what the tills moved and OrderWise may not know yet, what OrderWise says is free, what has
-- to be looked at, what was written. Quantities are thousandths.

-- Sold at a till, and not for certain inside OrderWise's figure. A row goes when it is.
CREATE TABLE till_movement (
    order_id     BIGINT  NOT NULL REFERENCES entry (order_id),
    row_index    BIGINT  NOT NULL,
    warehouse_id BIGINT  NOT NULL,
    folded       TEXT    NOT NULL,
    quantity     BIGINT  NOT NULL,
    PRIMARY KEY (order_id, row_index, warehouse_id)
);

CREATE INDEX till_movement_sku ON till_movement (folded, order_id);

-- One location after the other: a sweep reads one of them from end to end.
CREATE TABLE erp_stock (
    location_id   BIGINT  NOT NULL,
    folded        TEXT    NOT NULL,
    sku           TEXT    NOT NULL,
    free          BIGINT  NOT NULL,
    buffer        BIGINT,
    calculated_at BIGINT  NOT NULL,
    read_at       BIGINT  NOT NULL,
    PRIMARY KEY (location_id, folded)
);

CREATE TABLE till_warehouse (
    warehouse_id BIGINT  NOT NULL PRIMARY KEY,
    kind         BIGINT  NOT NULL,
    name         TEXT    NOT NULL,
    seen_at      BIGINT  NOT NULL
);

-- A product as far as stock needs it: its spelling, whether it is sold in fractions and counted.
CREATE TABLE stock_product (
    sku            TEXT    NOT NULL PRIMARY KEY,
    folded         TEXT    NOT NULL,
    allow_decimals BOOLEAN NOT NULL,
    counted        BOOLEAN NOT NULL,
    seen_at        BIGINT  NOT NULL
);

CREATE INDEX stock_product_folded ON stock_product (folded);
CREATE INDEX stock_product_seen ON stock_product (seen_at);

CREATE TABLE stock_due (
    warehouse_id BIGINT  NOT NULL,
    folded       TEXT    NOT NULL,
    why          TEXT    NOT NULL,
    due_at       BIGINT  NOT NULL,
    marks        BIGINT  NOT NULL,
    PRIMARY KEY (warehouse_id, folded)
);

CREATE INDEX stock_due_at ON stock_due (due_at, warehouse_id, folded);

CREATE TABLE stock_write (
    external_id  TEXT    NOT NULL PRIMARY KEY,
    warehouse_id BIGINT  NOT NULL,
    kind         TEXT    NOT NULL,
    state        TEXT    NOT NULL,
    items        TEXT    NOT NULL,
    journal_from BIGINT  NOT NULL,
    intended_at  BIGINT  NOT NULL,
    doubt_since  BIGINT,
    due_at       BIGINT,
    lookups      BIGINT  NOT NULL,
    finished_at  BIGINT,
    detail       TEXT    NOT NULL
);

CREATE INDEX stock_write_open ON stock_write (due_at, external_id) WHERE finished_at IS NULL;
CREATE INDEX stock_write_finished ON stock_write (finished_at) WHERE finished_at IS NOT NULL;

CREATE TABLE stock_history (
    warehouse_id BIGINT  NOT NULL,
    folded       TEXT    NOT NULL,
    at           BIGINT  NOT NULL,
    sku          TEXT    NOT NULL,
    level        BIGINT  NOT NULL,
    reserved     BIGINT  NOT NULL,
    free         BIGINT  NOT NULL,
    in_flight    BIGINT  NOT NULL,
    buffer       BIGINT  NOT NULL,
    target       BIGINT  NOT NULL,
    why          TEXT    NOT NULL,
    PRIMARY KEY (warehouse_id, folded, at)
);

CREATE INDEX stock_history_sku ON stock_history (folded, at);
CREATE INDEX stock_history_at ON stock_history (at);

CREATE TABLE buffer_rule (
    scope        TEXT    NOT NULL,
    key          TEXT    NOT NULL,
    warehouse_id BIGINT  NOT NULL,
    amount       TEXT    NOT NULL,
    updated_at   BIGINT  NOT NULL,
    updated_by   TEXT    NOT NULL,
    PRIMARY KEY (scope, key, warehouse_id)
);

CREATE TABLE oversell (
    warehouse_id BIGINT  NOT NULL,
    folded       TEXT    NOT NULL,
    began_at     BIGINT  NOT NULL,
    sku          TEXT    NOT NULL,
    units        BIGINT  NOT NULL,
    orders       TEXT    NOT NULL,
    ended_at     BIGINT,
    PRIMARY KEY (warehouse_id, folded, began_at)
);

CREATE INDEX oversell_open ON oversell (warehouse_id, folded) WHERE ended_at IS NULL;
CREATE INDEX oversell_began ON oversell (began_at);

-- What the last sweep left alone, and why.
CREATE TABLE stock_finding (
    what         TEXT    NOT NULL,
    warehouse_id BIGINT  NOT NULL,
    folded       TEXT    NOT NULL,
    sku          TEXT    NOT NULL,
    level        BIGINT  NOT NULL,
    free         BIGINT  NOT NULL,
    at           BIGINT  NOT NULL,
    PRIMARY KEY (what, warehouse_id, folded)
);
