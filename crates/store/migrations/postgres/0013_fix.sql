-- What is done about a day's differences because a person said so, and what is asked of the process
-- that is at work on the book.

-- What was done, about what, by whose word: append-only.
CREATE TABLE fix_step (
    warehouse_id BIGINT  NOT NULL,
    day          TEXT    NOT NULL,
    seq          BIGINT  NOT NULL,
    at           BIGINT  NOT NULL,
    actor        TEXT    NOT NULL,
    cause        TEXT    NOT NULL,
    act          TEXT    NOT NULL,
    subject      TEXT    NOT NULL,
    net          BIGINT  NOT NULL,
    tax          BIGINT  NOT NULL,
    gross        BIGINT  NOT NULL,
    PRIMARY KEY (warehouse_id, day, seq)
);

CREATE TRIGGER fix_step_no_update BEFORE UPDATE ON fix_step
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change('what was done about a day is append-only');
CREATE TRIGGER fix_step_no_delete BEFORE DELETE OR TRUNCATE ON fix_step
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change('what was done about a day is append-only');

-- Credits of documents that stand twice: one for each such document, for ever. `attempt` guards the
-- outcome of a call, as it does with an entry.
CREATE TABLE double_credit (
    erp_order_id  BIGINT  NOT NULL PRIMARY KEY,
    order_id      BIGINT  NOT NULL,
    warehouse_id  BIGINT  NOT NULL,
    day           TEXT    NOT NULL,
    state         TEXT    NOT NULL,
    attempt       BIGINT  NOT NULL,
    lease_until   BIGINT,
    due_at        BIGINT,
    doubt_since   BIGINT,
    lookups       BIGINT  NOT NULL,
    request       TEXT,
    credit_id     BIGINT,
    credit_number TEXT,
    posted_at     BIGINT,
    detail        TEXT    NOT NULL
);

CREATE INDEX double_credit_due ON double_credit (due_at, erp_order_id) WHERE due_at IS NOT NULL;
CREATE INDEX double_credit_day ON double_credit (warehouse_id, day, erp_order_id);

-- Days that somebody asks for while another process holds the book; `wanted` and `answer` are JSON.
CREATE TABLE asked (
    id       TEXT    NOT NULL PRIMARY KEY,
    asked_at BIGINT  NOT NULL,
    wanted   TEXT    NOT NULL,
    taken_at BIGINT,
    done_at  BIGINT,
    answer   TEXT
);

CREATE INDEX asked_open ON asked (asked_at, id) WHERE done_at IS NULL;
