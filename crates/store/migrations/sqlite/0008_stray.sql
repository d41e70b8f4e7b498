-- Orders that do not say which they are, as they came; and the entries of one store, newest first.

CREATE TABLE stray (
    hash        BLOB    NOT NULL PRIMARY KEY,
    received_at INTEGER NOT NULL,
    body        TEXT    NOT NULL
) STRICT;

CREATE INDEX entry_store ON entry (warehouse_id, order_id) WHERE warehouse_id IS NOT NULL;
