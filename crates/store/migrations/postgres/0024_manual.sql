-- The manual: who is responsible for what here, and what people ticked off.

CREATE TABLE responsible (
    workflow TEXT    NOT NULL PRIMARY KEY,
    name     TEXT    NOT NULL,
    deputy   TEXT    NOT NULL,
    at       BIGINT  NOT NULL,
    actor    TEXT    NOT NULL
);

CREATE TABLE tick (
    period TEXT    NOT NULL,
    line   TEXT    NOT NULL,
    at     BIGINT  NOT NULL,
    actor  TEXT    NOT NULL,
    remark TEXT    NOT NULL,
    PRIMARY KEY (period, line)
);
