-- The day close: what is read of both systems, what was compared, and what that came to. Nothing
-- about shoppers or staff stands here but in `z_report_payload`, which may be erased.

-- What a till counted between opening and closing, the latest version of it. Without `figures` it
-- could not be read, and `fault` says why.
CREATE TABLE z_report (
    register_id TEXT    NOT NULL,
    number      INTEGER NOT NULL,
    store       TEXT,
    opened_at   INTEGER,
    closed_at   INTEGER NOT NULL,
    added_at    INTEGER NOT NULL,
    read_at     INTEGER NOT NULL,
    sales       INTEGER NOT NULL,
    refunds     INTEGER NOT NULL,
    version     INTEGER NOT NULL,
    hash        BLOB    NOT NULL,
    figures     TEXT,
    fault       TEXT,
    PRIMARY KEY (register_id, number)
) STRICT, WITHOUT ROWID;

CREATE INDEX z_report_closed ON z_report (register_id, closed_at, number);

CREATE TABLE z_report_payload (
    register_id TEXT    NOT NULL,
    number      INTEGER NOT NULL,
    version     INTEGER NOT NULL,
    received_at INTEGER NOT NULL,
    body        TEXT    NOT NULL,
    PRIMARY KEY (register_id, number, version)
) STRICT, WITHOUT ROWID;

-- The tills of Sitoo, by which reports and receipts belong to a store.
CREATE TABLE register (
    register_id  TEXT    NOT NULL PRIMARY KEY,
    key          TEXT,
    warehouse_id INTEGER,
    read_at      INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX register_store ON register (warehouse_id, register_id);

-- OrderWise's documents as they were last read. `order_id` is the entry that the reference names,
-- `location_id` the stock location of the first line. Dates of OrderWise have no zone: they are
-- kept as microseconds of the wall clock.
CREATE TABLE ledger_document (
    erp_order_id INTEGER NOT NULL PRIMARY KEY,
    order_number TEXT    NOT NULL,
    reference    TEXT    NOT NULL,
    order_id     INTEGER,
    order_type   INTEGER NOT NULL,
    order_date   INTEGER NOT NULL,
    stored_at    INTEGER,
    net          INTEGER NOT NULL,
    tax          INTEGER NOT NULL,
    gross        INTEGER NOT NULL,
    status       TEXT    NOT NULL,
    location_id  INTEGER,
    lines        TEXT,
    hash         BLOB    NOT NULL,
    changed_at   INTEGER NOT NULL
) STRICT;

CREATE INDEX ledger_document_entry ON ledger_document (order_id, erp_order_id)
    WHERE order_id IS NOT NULL;
CREATE INDEX ledger_document_date ON ledger_document (order_date, erp_order_id);
CREATE INDEX ledger_document_place ON ledger_document (location_id, order_date, erp_order_id);

-- Stretches of OrderWise's wall clock, and when their documents were read. They do not overlap.
CREATE TABLE ledger_window (
    starts_at INTEGER NOT NULL PRIMARY KEY,
    ends_at   INTEGER NOT NULL,
    read_at   INTEGER NOT NULL,
    documents INTEGER NOT NULL
) STRICT;

-- A day of a store.
CREATE TABLE store_day (
    warehouse_id  INTEGER NOT NULL,
    day           TEXT    NOT NULL,
    state         TEXT    NOT NULL,
    due_at        INTEGER,
    reconciled_at INTEGER,
    inputs        BLOB,
    entries       INTEGER NOT NULL,
    differences   INTEGER NOT NULL,
    net           INTEGER NOT NULL,
    tax           INTEGER NOT NULL,
    gross         INTEGER NOT NULL,
    certificate   INTEGER,
    detail        TEXT    NOT NULL,
    PRIMARY KEY (warehouse_id, day)
) STRICT, WITHOUT ROWID;

CREATE INDEX store_day_due ON store_day (due_at, warehouse_id, day) WHERE due_at IS NOT NULL;
CREATE INDEX store_day_state ON store_day (state, day, warehouse_id);

-- Something about a day that was compared came or changed afterwards.
CREATE TABLE late (
    warehouse_id INTEGER NOT NULL,
    moment       INTEGER NOT NULL,
    noted_at     INTEGER NOT NULL,
    PRIMARY KEY (warehouse_id, moment)
) STRICT, WITHOUT ROWID;

-- The differences of a day, each with its cause.
CREATE TABLE day_difference (
    warehouse_id INTEGER NOT NULL,
    day          TEXT    NOT NULL,
    seq          INTEGER NOT NULL,
    key          TEXT    NOT NULL,
    measure      TEXT    NOT NULL,
    cause        TEXT    NOT NULL,
    tolerated    INTEGER NOT NULL,
    order_id     INTEGER,
    erp_order_id INTEGER,
    register_id  TEXT,
    subject      TEXT    NOT NULL,
    net          INTEGER NOT NULL,
    tax          INTEGER NOT NULL,
    gross        INTEGER NOT NULL,
    detail       TEXT    NOT NULL,
    since        INTEGER NOT NULL,
    PRIMARY KEY (warehouse_id, day, seq)
) STRICT, WITHOUT ROWID;

CREATE INDEX day_difference_cause ON day_difference (cause, day, warehouse_id, seq);
CREATE INDEX day_difference_entry ON day_difference (order_id) WHERE order_id IS NOT NULL;

-- Pennies that a tolerance let pass, by tax code.
CREATE TABLE tolerated (
    warehouse_id INTEGER NOT NULL,
    day          TEXT    NOT NULL,
    tax_code     TEXT    NOT NULL,
    differences  INTEGER NOT NULL,
    net          INTEGER NOT NULL,
    tax          INTEGER NOT NULL,
    gross        INTEGER NOT NULL,
    turnover     INTEGER NOT NULL,
    PRIMARY KEY (warehouse_id, day, tax_code)
) STRICT, WITHOUT ROWID;

-- What a day came to, each time that it changed: append-only, one chain a store.
CREATE TABLE certificate (
    warehouse_id INTEGER NOT NULL,
    seq          INTEGER NOT NULL,
    day          TEXT    NOT NULL,
    at           INTEGER NOT NULL,
    body         TEXT    NOT NULL,
    prev         BLOB    NOT NULL,
    hash         BLOB    NOT NULL,
    PRIMARY KEY (warehouse_id, seq)
) STRICT, WITHOUT ROWID;

CREATE INDEX certificate_day ON certificate (warehouse_id, day, seq);

CREATE TRIGGER certificate_no_update BEFORE UPDATE ON certificate
BEGIN SELECT RAISE(ABORT, 'certificates are append-only'); END;
CREATE TRIGGER certificate_no_delete BEFORE DELETE ON certificate
BEGIN SELECT RAISE(ABORT, 'certificates are append-only'); END;

-- The end of each store's chain: shows when the tail was cut off.
CREATE TABLE certificate_head (
    warehouse_id INTEGER NOT NULL PRIMARY KEY,
    seq          INTEGER NOT NULL,
    hash         BLOB    NOT NULL
) STRICT;

-- Who accepted what of a day, and why: append-only, each bound to the certificate that was seen.
CREATE TABLE sign_off (
    warehouse_id INTEGER NOT NULL,
    day          TEXT    NOT NULL,
    seq          INTEGER NOT NULL,
    subject      TEXT    NOT NULL,
    actor        TEXT    NOT NULL,
    reason       TEXT    NOT NULL,
    at           INTEGER NOT NULL,
    net          INTEGER NOT NULL,
    tax          INTEGER NOT NULL,
    gross        INTEGER NOT NULL,
    certificate  INTEGER,
    PRIMARY KEY (warehouse_id, day, seq)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER sign_off_no_update BEFORE UPDATE ON sign_off
BEGIN SELECT RAISE(ABORT, 'sign-offs are append-only'); END;
CREATE TRIGGER sign_off_no_delete BEFORE DELETE ON sign_off
BEGIN SELECT RAISE(ABORT, 'sign-offs are append-only'); END;

-- The entries of a store's day, in order.
CREATE INDEX entry_store_day ON entry (warehouse_id, order_date, order_id)
    WHERE warehouse_id IS NOT NULL;
