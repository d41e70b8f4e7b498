-- Audits of both systems. What is read is kept until the audit is done, so that it can go on after it
-- was interrupted; then only the report stays. `piece` and `report` are JSON.

CREATE TABLE audit_run (
    number      BIGINT NOT NULL PRIMARY KEY,
    began_at    BIGINT NOT NULL,
    finished_at BIGINT,
    report      TEXT
);

CREATE TABLE audit_piece (
    run   BIGINT NOT NULL,
    part  TEXT   NOT NULL,
    place BIGINT NOT NULL,
    next  BIGINT,
    piece TEXT   NOT NULL,
    PRIMARY KEY (run, part, place)
);
