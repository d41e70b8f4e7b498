-- What people see and decide: exceptions, findings, mapping, and what OrderWise offers to map to.

CREATE TABLE exception (
    number       INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    order_id     INTEGER REFERENCES entry (order_id),
    scope        TEXT    NOT NULL,
    cause        TEXT    NOT NULL,
    subject      TEXT    NOT NULL,
    detail       TEXT    NOT NULL,
    money        INTEGER NOT NULL,
    raised_at    INTEGER NOT NULL,
    closed_at    INTEGER,
    closed_by    TEXT,
    close_reason TEXT
) STRICT;

CREATE UNIQUE INDEX exception_open_entry ON exception (order_id, cause, subject)
    WHERE closed_at IS NULL AND order_id IS NOT NULL;
CREATE UNIQUE INDEX exception_open_scope ON exception (scope, cause, subject)
    WHERE closed_at IS NULL AND order_id IS NULL;
CREATE INDEX exception_open_cause ON exception (cause, subject, order_id) WHERE closed_at IS NULL;
CREATE INDEX exception_entry ON exception (order_id) WHERE order_id IS NOT NULL;

CREATE TABLE finding (
    order_id INTEGER NOT NULL REFERENCES entry (order_id),
    what     TEXT    NOT NULL,
    till     INTEGER NOT NULL,
    ledger   INTEGER NOT NULL,
    at       INTEGER NOT NULL,
    cause    TEXT,
    PRIMARY KEY (order_id, what)
) STRICT, WITHOUT ROWID;

CREATE TABLE mapping (
    kind       TEXT    NOT NULL,
    key        TEXT    NOT NULL,
    value      TEXT    NOT NULL,
    updated_at INTEGER NOT NULL,
    updated_by TEXT    NOT NULL,
    PRIMARY KEY (kind, key)
) STRICT, WITHOUT ROWID;

CREATE TABLE variant (
    sku          TEXT    NOT NULL PRIMARY KEY,
    folded       TEXT    NOT NULL,
    variant_id   INTEGER NOT NULL,
    tax_rate_id  INTEGER,
    saleable     INTEGER NOT NULL,
    discontinued INTEGER NOT NULL,
    seen_at      INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX variant_folded ON variant (folded);
CREATE INDEX variant_seen ON variant (seen_at);

CREATE TABLE value_list (
    list INTEGER NOT NULL,
    id   INTEGER NOT NULL,
    name TEXT    NOT NULL,
    PRIMARY KEY (list, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE customer (
    key             TEXT    NOT NULL PRIMARY KEY,
    state           TEXT    NOT NULL,
    erp_customer_id INTEGER,
    intent_at       INTEGER NOT NULL,
    known_at        INTEGER
) STRICT, WITHOUT ROWID;
