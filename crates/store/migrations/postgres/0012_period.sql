-- Months of the retailer: closed, and opened again by two persons.

-- How a period stands; without a row it is open. `seq` and `hash` are the end of its acts' chain.
CREATE TABLE period (
    month      TEXT    NOT NULL PRIMARY KEY,
    state      TEXT    NOT NULL,
    changed_at BIGINT  NOT NULL,
    seq        BIGINT  NOT NULL,
    hash       BYTEA   NOT NULL
);

-- Who did what to a period, when and why: append-only, one chain a period.
CREATE TABLE period_act (
    month  TEXT    NOT NULL,
    seq    BIGINT  NOT NULL,
    act    TEXT    NOT NULL,
    actor  TEXT    NOT NULL,
    reason TEXT    NOT NULL,
    at     BIGINT  NOT NULL,
    days   BIGINT  NOT NULL,
    pinned BYTEA   NOT NULL,
    prev   BYTEA   NOT NULL,
    hash   BYTEA   NOT NULL,
    PRIMARY KEY (month, seq)
);

-- With which certificate a store-day was counted when a period was closed. A day of an earlier
-- period stands here as well where it was changed late, and counts with what changed.
CREATE TABLE period_day (
    month        TEXT    NOT NULL,
    act          BIGINT  NOT NULL,
    warehouse_id BIGINT  NOT NULL,
    day          TEXT    NOT NULL,
    certificate  BIGINT  NOT NULL,
    before       BIGINT,
    PRIMARY KEY (month, act, warehouse_id, day)
);

CREATE INDEX period_day_counted ON period_day (warehouse_id, day, certificate);

CREATE TRIGGER period_act_no_update BEFORE UPDATE ON period_act
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change('acts on a period are append-only');
CREATE TRIGGER period_act_no_delete BEFORE DELETE OR TRUNCATE ON period_act
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change('acts on a period are append-only');
CREATE TRIGGER period_day_no_update BEFORE UPDATE ON period_day
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change('days of a closed period are append-only');
CREATE TRIGGER period_day_no_delete BEFORE DELETE OR TRUNCATE ON period_day
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change('days of a closed period are append-only');
