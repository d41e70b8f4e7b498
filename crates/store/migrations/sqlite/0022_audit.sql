-- Audits of both systems. What is read is kept until the audit is done, so that it can go on after it
-- was interrupted; then only the report stays. `piece` and `report` are JSON.

CREATE TABLE audit_run (
    number      INTEGER NOT NULL PRIMARY KEY,
    began_at    INTEGER NOT NULL,
    finished_at INTEGER,
    report      TEXT
) STRICT;

CREATE TABLE audit_piece (
    run   INTEGER NOT NULL,
    part  TEXT    NOT NULL,
    place INTEGER NOT NULL,
    next  INTEGER,
    piece TEXT    NOT NULL,
    PRIMARY KEY (run, part, place)
) STRICT, WITHOUT ROWID;
