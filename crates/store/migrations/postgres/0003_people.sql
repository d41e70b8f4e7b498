-- What people see and decide: exceptions, findings, mapping, and what OrderWise offers to map to.

CREATE TABLE exception (
    number       BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    order_id     BIGINT  REFERENCES entry (order_id),
    scope        TEXT    NOT NULL,
    cause        TEXT    NOT NULL,
    subject      TEXT    NOT NULL,
    detail       TEXT    NOT NULL,
    money        BIGINT  NOT NULL,
    raised_at    BIGINT  NOT NULL,
    closed_at    BIGINT,
    closed_by    TEXT,
    close_reason TEXT
);

CREATE UNIQUE INDEX exception_open_entry ON exception (order_id, cause, subject)
    WHERE closed_at IS NULL AND order_id IS NOT NULL;
CREATE UNIQUE INDEX exception_open_scope ON exception (scope, cause, subject)
    WHERE closed_at IS NULL AND order_id IS NULL;
CREATE INDEX exception_open_cause ON exception (cause, subject, order_id) WHERE closed_at IS NULL;
CREATE INDEX exception_entry ON exception (order_id) WHERE order_id IS NOT NULL;

CREATE TABLE finding (
    order_id BIGINT  NOT NULL REFERENCES entry (order_id),
    what     TEXT    NOT NULL,
    till     BIGINT  NOT NULL,
    ledger   BIGINT  NOT NULL,
    at       BIGINT  NOT NULL,
    cause    TEXT,
    PRIMARY KEY (order_id, what)
);

CREATE TABLE mapping (
    kind       TEXT    NOT NULL,
    key        TEXT    NOT NULL,
    value      TEXT    NOT NULL,
    updated_at BIGINT  NOT NULL,
    updated_by TEXT    NOT NULL,
    PRIMARY KEY (kind, key)
);

CREATE TABLE variant (
    sku          TEXT    NOT NULL PRIMARY KEY,
    folded       TEXT    NOT NULL,
    variant_id   BIGINT  NOT NULL,
    tax_rate_id  BIGINT,
    saleable     BOOLEAN NOT NULL,
    discontinued BOOLEAN NOT NULL,
    seen_at      BIGINT  NOT NULL
);

CREATE INDEX variant_folded ON variant (folded);
CREATE INDEX variant_seen ON variant (seen_at);

CREATE TABLE value_list (
    list BIGINT  NOT NULL,
    id   BIGINT  NOT NULL,
    name TEXT    NOT NULL,
    PRIMARY KEY (list, id)
);

CREATE TABLE customer (
    key             TEXT    NOT NULL PRIMARY KEY,
    state           TEXT    NOT NULL,
    erp_customer_id BIGINT,
    intent_at       BIGINT  NOT NULL,
    known_at        BIGINT 
);
