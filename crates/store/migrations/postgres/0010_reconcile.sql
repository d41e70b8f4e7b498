-- The day close: what is read of both systems, what was compared, and what that came to. Nothing
-- about shoppers or staff stands here but in `z_report_payload`, which may be erased.

-- What a till counted between opening and closing, the latest version of it. Without `figures` it
-- could not be read, and `fault` says why.
CREATE TABLE z_report (
    register_id TEXT    NOT NULL,
    number      BIGINT  NOT NULL,
    store       TEXT,
    opened_at   BIGINT,
    closed_at   BIGINT  NOT NULL,
    added_at    BIGINT  NOT NULL,
    read_at     BIGINT  NOT NULL,
    sales       BIGINT  NOT NULL,
    refunds     BIGINT  NOT NULL,
    version     BIGINT  NOT NULL,
    hash        BYTEA   NOT NULL,
    figures     TEXT,
    fault       TEXT,
    PRIMARY KEY (register_id, number)
);

CREATE INDEX z_report_closed ON z_report (register_id, closed_at, number);

CREATE TABLE z_report_payload (
    register_id TEXT    NOT NULL,
    number      BIGINT  NOT NULL,
    version     BIGINT  NOT NULL,
    received_at BIGINT  NOT NULL,
    body        TEXT    NOT NULL,
    PRIMARY KEY (register_id, number, version)
);

-- The tills of Sitoo, by which reports and receipts belong to a store.
CREATE TABLE register (
    register_id  TEXT    NOT NULL PRIMARY KEY,
    key          TEXT,
    warehouse_id BIGINT,
    read_at      BIGINT  NOT NULL
);

CREATE INDEX register_store ON register (warehouse_id, register_id);

-- OrderWise's documents as they were last read. `order_id` is the entry that the reference names,
-- `location_id` the stock location of the first line. Dates of OrderWise have no zone: they are
-- kept as microseconds of the wall clock.
CREATE TABLE ledger_document (
    erp_order_id BIGINT  NOT NULL PRIMARY KEY,
    order_number TEXT    NOT NULL,
    reference    TEXT    NOT NULL,
    order_id     BIGINT,
    order_type   BIGINT  NOT NULL,
    order_date   BIGINT  NOT NULL,
    stored_at    BIGINT,
    net          BIGINT  NOT NULL,
    tax          BIGINT  NOT NULL,
    gross        BIGINT  NOT NULL,
    status       TEXT    NOT NULL,
    location_id  BIGINT,
    lines        TEXT,
    hash         BYTEA   NOT NULL,
    changed_at   BIGINT  NOT NULL
);

CREATE INDEX ledger_document_entry ON ledger_document (order_id, erp_order_id)
    WHERE order_id IS NOT NULL;
CREATE INDEX ledger_document_date ON ledger_document (order_date, erp_order_id);
CREATE INDEX ledger_document_place ON ledger_document (location_id, order_date, erp_order_id);

-- Stretches of OrderWise's wall clock, and when their documents were read. They do not overlap.
CREATE TABLE ledger_window (
    starts_at BIGINT  NOT NULL PRIMARY KEY,
    ends_at   BIGINT  NOT NULL,
    read_at   BIGINT  NOT NULL,
    documents BIGINT  NOT NULL
);

-- A day of a store.
CREATE TABLE store_day (
    warehouse_id  BIGINT  NOT NULL,
    day           TEXT    NOT NULL,
    state         TEXT    NOT NULL,
    due_at        BIGINT,
    reconciled_at BIGINT,
    inputs        BYTEA,
    entries       BIGINT  NOT NULL,
    differences   BIGINT  NOT NULL,
    net           BIGINT  NOT NULL,
    tax           BIGINT  NOT NULL,
    gross         BIGINT  NOT NULL,
    certificate   BIGINT,
    detail        TEXT    NOT NULL,
    PRIMARY KEY (warehouse_id, day)
);

CREATE INDEX store_day_due ON store_day (due_at, warehouse_id, day) WHERE due_at IS NOT NULL;
CREATE INDEX store_day_state ON store_day (state, day, warehouse_id);

-- Something about a day that was compared came or changed afterwards.
CREATE TABLE late (
    warehouse_id BIGINT  NOT NULL,
    moment       BIGINT  NOT NULL,
    noted_at     BIGINT  NOT NULL,
    PRIMARY KEY (warehouse_id, moment)
);

-- The differences of a day, each with its cause.
CREATE TABLE day_difference (
    warehouse_id BIGINT  NOT NULL,
    day          TEXT    NOT NULL,
    seq          BIGINT  NOT NULL,
    key          TEXT    NOT NULL,
    measure      TEXT    NOT NULL,
    cause        TEXT    NOT NULL,
    tolerated    BIGINT  NOT NULL,
    order_id     BIGINT,
    erp_order_id BIGINT,
    register_id  TEXT,
    subject      TEXT    NOT NULL,
    net          BIGINT  NOT NULL,
    tax          BIGINT  NOT NULL,
    gross        BIGINT  NOT NULL,
    detail       TEXT    NOT NULL,
    since        BIGINT  NOT NULL,
    PRIMARY KEY (warehouse_id, day, seq)
);

CREATE INDEX day_difference_cause ON day_difference (cause, day, warehouse_id, seq);
CREATE INDEX day_difference_entry ON day_difference (order_id) WHERE order_id IS NOT NULL;

-- Pennies that a tolerance let pass, by tax code.
CREATE TABLE tolerated (
    warehouse_id BIGINT  NOT NULL,
    day          TEXT    NOT NULL,
    tax_code     TEXT    NOT NULL,
    differences  BIGINT  NOT NULL,
    net          BIGINT  NOT NULL,
    tax          BIGINT  NOT NULL,
    gross        BIGINT  NOT NULL,
    turnover     BIGINT  NOT NULL,
    PRIMARY KEY (warehouse_id, day, tax_code)
);

-- What a day came to, each time that it changed: append-only, one chain a store.
CREATE TABLE certificate (
    warehouse_id BIGINT  NOT NULL,
    seq          BIGINT  NOT NULL,
    day          TEXT    NOT NULL,
    at           BIGINT  NOT NULL,
    body         TEXT    NOT NULL,
    prev         BYTEA   NOT NULL,
    hash         BYTEA   NOT NULL,
    PRIMARY KEY (warehouse_id, seq)
);

CREATE INDEX certificate_day ON certificate (warehouse_id, day, seq);

CREATE TRIGGER certificate_no_update BEFORE UPDATE ON certificate
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change('certificates are append-only');
CREATE TRIGGER certificate_no_delete BEFORE DELETE OR TRUNCATE ON certificate
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change('certificates are append-only');

-- The end of each store's chain: shows when the tail was cut off.
CREATE TABLE certificate_head (
    warehouse_id BIGINT  NOT NULL PRIMARY KEY,
    seq          BIGINT  NOT NULL,
    hash         BYTEA   NOT NULL
);

-- Who accepted what of a day, and why: append-only, each bound to the certificate that was seen.
CREATE TABLE sign_off (
    warehouse_id BIGINT  NOT NULL,
    day          TEXT    NOT NULL,
    seq          BIGINT  NOT NULL,
    subject      TEXT    NOT NULL,
    actor        TEXT    NOT NULL,
    reason       TEXT    NOT NULL,
    at           BIGINT  NOT NULL,
    net          BIGINT  NOT NULL,
    tax          BIGINT  NOT NULL,
    gross        BIGINT  NOT NULL,
    certificate  BIGINT,
    PRIMARY KEY (warehouse_id, day, seq)
);

CREATE TRIGGER sign_off_no_update BEFORE UPDATE ON sign_off
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change('sign-offs are append-only');
CREATE TRIGGER sign_off_no_delete BEFORE DELETE OR TRUNCATE ON sign_off
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change('sign-offs are append-only');

-- The entries of a store's day, in order.
CREATE INDEX entry_store_day ON entry (warehouse_id, order_date, order_id)
    WHERE warehouse_id IS NOT NULL;
