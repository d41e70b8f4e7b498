-- What the engine needs to share the work, and the record of who did what.

CREATE TABLE pause (
    scope    TEXT    NOT NULL PRIMARY KEY,
    cause    TEXT    NOT NULL,
    since    BIGINT  NOT NULL,
    probe_at BIGINT  NOT NULL,
    failures BIGINT  NOT NULL,
    detail   TEXT    NOT NULL
);

CREATE TABLE lease (
    name   TEXT    NOT NULL PRIMARY KEY,
    holder TEXT    NOT NULL,
    until  BIGINT  NOT NULL
);

CREATE TABLE audit (
    seq     BIGINT  NOT NULL PRIMARY KEY,
    at      BIGINT  NOT NULL,
    actor   TEXT    NOT NULL,
    action  TEXT    NOT NULL,
    subject TEXT    NOT NULL,
    detail  TEXT    NOT NULL,
    prev    BYTEA   NOT NULL,
    hash    BYTEA   NOT NULL
);

CREATE INDEX audit_subject ON audit (subject, seq);

CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change('the audit record is append-only');
CREATE TRIGGER audit_no_delete BEFORE DELETE OR TRUNCATE ON audit
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change('the audit record is append-only');

-- The end of the audit chain: one row, locked by whoever appends; shows when the tail was cut off.
CREATE TABLE audit_head (
    id   BIGINT  NOT NULL PRIMARY KEY,
    seq  BIGINT  NOT NULL,
    hash BYTEA   NOT NULL
);

INSERT INTO audit_head (id, seq, hash) VALUES (1, 0, decode(repeat('00', 32), 'hex'));
