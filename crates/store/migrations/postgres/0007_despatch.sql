-- Orders with goods to come, and what OrderWise sent of them.

-- What Sitoo's deliveries say of an order that does not leave the shop whole: read before it is
-- posted, and kept as it was then.
CREATE TABLE supply (
    order_id   BIGINT  NOT NULL PRIMARY KEY REFERENCES entry (order_id),
    deliveries TEXT,
    read_at    BIGINT ,
    due_at     BIGINT 
);

CREATE INDEX supply_due ON supply (due_at, order_id) WHERE due_at IS NOT NULL;

-- A posted order of which OrderWise sends something, until both sides are at their end.
CREATE TABLE sending (
    order_id  BIGINT  NOT NULL PRIMARY KEY REFERENCES entry (order_id),
    lines     TEXT    NOT NULL,
    begun_at  BIGINT  NOT NULL,
    moved_at  BIGINT  NOT NULL,
    status    TEXT,
    meaning   TEXT,
    noted     BIGINT  NOT NULL,
    verdict   TEXT    NOT NULL,
    due_at    BIGINT ,
    looked_at BIGINT ,
    ended_at  BIGINT 
);

CREATE INDEX sending_due ON sending (due_at, order_id) WHERE ended_at IS NULL;
CREATE INDEX sending_status ON sending (status) WHERE ended_at IS NULL;

-- One row a delivery of OrderWise: exactly one delivery in Sitoo comes of it.
CREATE TABLE despatch (
    order_id          BIGINT  NOT NULL REFERENCES sending (order_id),
    delivery_id       BIGINT  NOT NULL,
    told              TEXT    NOT NULL,
    told_at           BIGINT  NOT NULL,
    state             TEXT    NOT NULL,
    due_at            BIGINT ,
    attempt           BIGINT  NOT NULL,
    failures          BIGINT  NOT NULL,
    worker            TEXT,
    lease_until       BIGINT ,
    doubt_since       BIGINT ,
    lookups           BIGINT  NOT NULL,
    intent            TEXT,
    sitoo_delivery_id BIGINT ,
    written_at        BIGINT ,
    absent_since      BIGINT ,
    PRIMARY KEY (order_id, delivery_id)
);

CREATE INDEX despatch_ready ON despatch (due_at, order_id, delivery_id)
    WHERE state IN ('ready', 'refused');
CREATE INDEX despatch_in_doubt ON despatch (due_at, order_id, delivery_id)
    WHERE state = 'in-doubt';
CREATE INDEX despatch_writing ON despatch (lease_until, order_id, delivery_id)
    WHERE state = 'writing';
