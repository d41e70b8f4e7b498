-- What persons say of entries: laid over the till's word, which stays as it came.

CREATE TABLE correction (
    order_id   BIGINT NOT NULL REFERENCES entry (order_id),
    number     BIGINT NOT NULL,
    field      TEXT NOT NULL,
    place      BIGINT NOT NULL,
    value      TEXT NOT NULL,
    original   TEXT NOT NULL,
    reason     TEXT NOT NULL,
    asked_by   TEXT NOT NULL,
    asked_at   BIGINT NOT NULL,
    state      TEXT NOT NULL,
    decided_by TEXT,
    decided_at BIGINT,
    PRIMARY KEY (order_id, number)
);

-- Acts of one kind, such as erasures.
CREATE INDEX audit_action ON audit (action, seq);
