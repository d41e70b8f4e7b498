-- Orders that do not say which they are, as they came; and the entries of one store, newest first.

CREATE TABLE stray (
    hash        BYTEA   NOT NULL PRIMARY KEY,
    received_at BIGINT  NOT NULL,
    body        TEXT    NOT NULL
);

CREATE INDEX entry_store ON entry (warehouse_id, order_id) WHERE warehouse_id IS NOT NULL;
