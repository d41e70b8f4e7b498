-- What persons say of entries: laid over the till's word, which stays as it came.

CREATE TABLE correction (
    order_id   INTEGER NOT NULL REFERENCES entry (order_id),
    number     INTEGER NOT NULL,
    field      TEXT NOT NULL,
    place      INTEGER NOT NULL,
    value      TEXT NOT NULL,
    original   TEXT NOT NULL,
    reason     TEXT NOT NULL,
    asked_by   TEXT NOT NULL,
    asked_at   INTEGER NOT NULL,
    state      TEXT NOT NULL,
    decided_by TEXT,
    decided_at INTEGER,
    PRIMARY KEY (order_id, number)
) STRICT, WITHOUT ROWID;

-- Acts of one kind, such as erasures.
CREATE INDEX audit_action ON audit (action, seq);
