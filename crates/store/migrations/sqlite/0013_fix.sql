-- What is done about a day's differences because a person said so, and what is asked of the process
-- that is at work on the book.

-- What was done, about what, by whose word: append-only.
CREATE TABLE fix_step (
    warehouse_id INTEGER NOT NULL,
    day          TEXT    NOT NULL,
    seq          INTEGER NOT NULL,
    at           INTEGER NOT NULL,
    actor        TEXT    NOT NULL,
    cause        TEXT    NOT NULL,
    act          TEXT    NOT NULL,
    subject      TEXT    NOT NULL,
    net          INTEGER NOT NULL,
    tax          INTEGER NOT NULL,
    gross        INTEGER NOT NULL,
    PRIMARY KEY (warehouse_id, day, seq)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER fix_step_no_update BEFORE UPDATE ON fix_step
BEGIN SELECT RAISE(ABORT, 'what was done about a day is append-only'); END;
CREATE TRIGGER fix_step_no_delete BEFORE DELETE ON fix_step
BEGIN SELECT RAISE(ABORT, 'what was done about a day is append-only'); END;

-- Credits of documents that stand twice: one for each such document, for ever. `attempt` guards the
-- outcome of a call, as it does with an entry.
CREATE TABLE double_credit (
    erp_order_id  INTEGER NOT NULL PRIMARY KEY,
    order_id      INTEGER NOT NULL,
    warehouse_id  INTEGER NOT NULL,
    day           TEXT    NOT NULL,
    state         TEXT    NOT NULL,
    attempt       INTEGER NOT NULL,
    lease_until   INTEGER,
    due_at        INTEGER,
    doubt_since   INTEGER,
    lookups       INTEGER NOT NULL,
    request       TEXT,
    credit_id     INTEGER,
    credit_number TEXT,
    posted_at     INTEGER,
    detail        TEXT    NOT NULL
) STRICT;

CREATE INDEX double_credit_due ON double_credit (due_at, erp_order_id) WHERE due_at IS NOT NULL;
CREATE INDEX double_credit_day ON double_credit (warehouse_id, day, erp_order_id);

-- Days that somebody asks for while another process holds the book; `wanted` and `answer` are JSON.
CREATE TABLE asked (
    id       TEXT    NOT NULL PRIMARY KEY,
    asked_at INTEGER NOT NULL,
    wanted   TEXT    NOT NULL,
    taken_at INTEGER,
    done_at  INTEGER,
    answer   TEXT
) STRICT, WITHOUT ROWID;

CREATE INDEX asked_open ON asked (asked_at, id) WHERE done_at IS NULL;
