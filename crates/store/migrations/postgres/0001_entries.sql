-- The book itself: entries, the till's payloads, the timeline and the attempts.
-- Money is pence, moments are microseconds since 1970 (UTC), both whole numbers on both engines.

CREATE TABLE entry (
    order_id          BIGINT  NOT NULL PRIMARY KEY,
    site_id           BIGINT  NOT NULL,
    reference         TEXT    NOT NULL,
    kind              TEXT    NOT NULL,
    state             TEXT    NOT NULL,
    reason            TEXT,
    warehouse_id      BIGINT,
    register_id       TEXT,
    receipt_id        TEXT,
    order_date        BIGINT  NOT NULL,
    currency          TEXT    NOT NULL,
    net               BIGINT  NOT NULL,
    vat               BIGINT  NOT NULL,
    gross             BIGINT  NOT NULL,
    original_order_id BIGINT,
    partner_order_id  BIGINT,
    received_at       BIGINT  NOT NULL,
    changed_at        BIGINT  NOT NULL,
    due_at            BIGINT,
    attempt           BIGINT  NOT NULL,
    failures          BIGINT  NOT NULL,
    worker            TEXT,
    lease_until       BIGINT,
    doubt_since       BIGINT,
    doubt_lookups     BIGINT  NOT NULL,
    erp_order_id      BIGINT,
    erp_order_number  TEXT,
    erp_net           BIGINT,
    erp_tax           BIGINT,
    erp_gross         BIGINT,
    stored_at         BIGINT,
    posted_at         BIGINT,
    confirmed_at      BIGINT,
    payload_hash      BYTEA   NOT NULL,
    payload_version   BIGINT  NOT NULL,
    seq               BIGINT  NOT NULL,
    chain             BYTEA   NOT NULL
);

CREATE UNIQUE INDEX entry_reference ON entry (reference);
CREATE INDEX entry_receipt ON entry (receipt_id) WHERE receipt_id IS NOT NULL;
CREATE INDEX entry_erp_number ON entry (erp_order_number) WHERE erp_order_number IS NOT NULL;
CREATE INDEX entry_day ON entry (order_date, order_id);
CREATE INDEX entry_original ON entry (original_order_id) WHERE original_order_id IS NOT NULL;
-- One small index a queue: a book of millions costs the engine no more than an empty one.
CREATE INDEX entry_ready ON entry (due_at, order_id, warehouse_id) WHERE state = 'ready';
CREATE INDEX entry_waiting ON entry (due_at, order_id) WHERE state = 'waiting';
CREATE INDEX entry_posting ON entry (lease_until, order_id) WHERE state = 'posting';
CREATE INDEX entry_in_doubt ON entry (due_at, order_id) WHERE state = 'in-doubt';
CREATE INDEX entry_posted ON entry (due_at, order_id) WHERE state = 'posted';
CREATE INDEX entry_held ON entry (order_id) WHERE state = 'held';
CREATE INDEX entry_held_due ON entry (due_at, order_id) WHERE state = 'held' AND due_at IS NOT NULL;
CREATE INDEX entry_dismissed ON entry (order_id) WHERE state = 'dismissed';
CREATE INDEX entry_set_aside ON entry (order_id) WHERE state = 'set-aside';
CREATE INDEX entry_recheck ON entry (due_at, order_id) WHERE state = 'set-aside' AND due_at IS NOT NULL;
CREATE INDEX entry_unfinished_age ON entry (state, received_at)
    WHERE state IN ('waiting', 'ready', 'posting', 'in-doubt', 'held', 'posted');

-- Kept by every transition, so that nobody ever counts a million rows. `shard` keeps parallel
-- writers on PostgreSQL out of each other's way.
CREATE TABLE entry_count (
    state      TEXT    NOT NULL,
    shard      BIGINT  NOT NULL,
    entries    BIGINT  NOT NULL,
    gross      BIGINT  NOT NULL,
    gross_abs  BIGINT  NOT NULL,
    PRIMARY KEY (state, shard)
);

-- What the till told, as it came; a new version only when it told something else.
CREATE TABLE payload (
    order_id    BIGINT  NOT NULL REFERENCES entry (order_id),
    version     BIGINT  NOT NULL,
    received_at BIGINT  NOT NULL,
    hash        BYTEA   NOT NULL,
    body        TEXT    NOT NULL,
    PRIMARY KEY (order_id, version)
);

CREATE TABLE timeline (
    order_id BIGINT  NOT NULL REFERENCES entry (order_id),
    seq      BIGINT  NOT NULL,
    at       BIGINT  NOT NULL,
    actor    TEXT    NOT NULL,
    state    TEXT    NOT NULL,
    code     TEXT    NOT NULL,
    detail   TEXT    NOT NULL,
    hash     BYTEA   NOT NULL,
    PRIMARY KEY (order_id, seq)
);

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '%', TG_ARGV[0];
END
$$;

CREATE TRIGGER timeline_no_update BEFORE UPDATE ON timeline
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change('the timeline is append-only');
CREATE TRIGGER timeline_no_delete BEFORE DELETE OR TRUNCATE ON timeline
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change('the timeline is append-only');
CREATE TRIGGER payload_no_update BEFORE UPDATE ON payload
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change('payloads are append-only');
CREATE TRIGGER payload_no_delete BEFORE DELETE OR TRUNCATE ON payload
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change('payloads are append-only');

-- One row a try. A row without `finished_at` is an intent whose outcome was never written down.
CREATE TABLE attempt (
    order_id    BIGINT  NOT NULL REFERENCES entry (order_id),
    number      BIGINT  NOT NULL,
    started_at  BIGINT  NOT NULL,
    worker      TEXT    NOT NULL,
    session_id  BIGINT,
    request     TEXT    NOT NULL,
    finished_at BIGINT,
    class       TEXT,
    status      BIGINT,
    response    TEXT,
    duration_us BIGINT,
    PRIMARY KEY (order_id, number)
);
