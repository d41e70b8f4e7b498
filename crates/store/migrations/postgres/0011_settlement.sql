-- Settlement: what the tills took by means of others, what providers say that they settled, what
-- the bank booked, and which of it belongs together. Days are texts (2026-11-24), money is pence.

-- Every payment of a till that is money, read from the payloads; never written by the sales flow.
CREATE TABLE till_money (
    order_id      BIGINT  NOT NULL REFERENCES entry (order_id),
    payment_index BIGINT  NOT NULL,
    provider      TEXT    NOT NULL,
    tender        TEXT    NOT NULL,
    name          TEXT    NOT NULL,
    amount        BIGINT  NOT NULL,
    currency      TEXT    NOT NULL,
    at            BIGINT  NOT NULL,
    day           TEXT    NOT NULL,
    warehouse_id  BIGINT,
    register_id   TEXT,
    refs          TEXT    NOT NULL,
    match_number  BIGINT,
    settled_on    TEXT,
    PRIMARY KEY (order_id, payment_index)
);

CREATE INDEX till_money_day ON till_money (provider, day);
CREATE INDEX till_money_settled ON till_money (provider, settled_on) WHERE settled_on IS NOT NULL;
CREATE INDEX till_money_open ON till_money (provider, day, order_id) WHERE match_number IS NULL;
CREATE INDEX till_money_match ON till_money (match_number) WHERE match_number IS NOT NULL;
CREATE INDEX till_money_tender ON till_money (tender);

CREATE TABLE till_money_reference (
    reference     TEXT    NOT NULL,
    order_id      BIGINT  NOT NULL,
    payment_index BIGINT  NOT NULL,
    PRIMARY KEY (reference, order_id, payment_index)
);

CREATE INDEX till_money_reference_order ON till_money_reference (order_id);

-- As which version and kind an entry was read last.
CREATE TABLE till_money_read (
    order_id        BIGINT  NOT NULL PRIMARY KEY,
    payload_version BIGINT  NOT NULL,
    kind            TEXT    NOT NULL
);

CREATE TABLE money_file (
    hash        TEXT    NOT NULL PRIMARY KEY,
    kind        TEXT    NOT NULL,
    source      TEXT    NOT NULL,
    name        TEXT    NOT NULL,
    lines       BIGINT  NOT NULL,
    added       BIGINT  NOT NULL,
    imported_at BIGINT  NOT NULL,
    imported_by TEXT    NOT NULL
);

CREATE TABLE settlement_line (
    number       BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    key          TEXT    NOT NULL,
    content      TEXT    NOT NULL,
    file         TEXT    NOT NULL,
    row_number   BIGINT  NOT NULL,
    provider     TEXT    NOT NULL,
    account      TEXT    NOT NULL,
    payout       TEXT    NOT NULL,
    kind         TEXT    NOT NULL,
    gross        BIGINT  NOT NULL,
    fee          BIGINT  NOT NULL,
    net          BIGINT  NOT NULL,
    currency     TEXT    NOT NULL,
    net_currency TEXT    NOT NULL,
    refs         TEXT    NOT NULL,
    happened_at  BIGINT,
    day          TEXT    NOT NULL,
    payout_day   TEXT,
    store        TEXT,
    own_id       TEXT,
    match_number BIGINT
);

CREATE UNIQUE INDEX settlement_line_key ON settlement_line (key);
CREATE INDEX settlement_line_payout ON settlement_line (provider, payout);
CREATE INDEX settlement_line_open ON settlement_line (provider, day)
    WHERE match_number IS NULL AND kind IN ('payment', 'refund');
CREATE INDEX settlement_line_match ON settlement_line (match_number) WHERE match_number IS NOT NULL;

CREATE TABLE payout (
    provider     TEXT    NOT NULL,
    payout       TEXT    NOT NULL,
    currency     TEXT    NOT NULL,
    account      TEXT    NOT NULL,
    day          TEXT    NOT NULL,
    amount       BIGINT  NOT NULL,
    lines_net    BIGINT  NOT NULL,
    declared     BOOLEAN NOT NULL,
    lines        BIGINT  NOT NULL,
    refs         TEXT    NOT NULL,
    match_number BIGINT,
    PRIMARY KEY (provider, payout, currency)
);

CREATE INDEX payout_day ON payout (day, provider, payout);
CREATE INDEX payout_open ON payout (day) WHERE match_number IS NULL;
CREATE INDEX payout_match ON payout (match_number) WHERE match_number IS NOT NULL;

CREATE TABLE bank_line (
    number       BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    key          TEXT    NOT NULL,
    file         TEXT    NOT NULL,
    row_number   BIGINT  NOT NULL,
    account      TEXT    NOT NULL,
    day          TEXT    NOT NULL,
    amount       BIGINT  NOT NULL,
    currency     TEXT    NOT NULL,
    reference    TEXT    NOT NULL,
    words        TEXT    NOT NULL,
    match_number BIGINT
);

CREATE UNIQUE INDEX bank_line_key ON bank_line (key);
CREATE INDEX bank_line_open ON bank_line (day) WHERE match_number IS NULL;
CREATE INDEX bank_line_match ON bank_line (match_number) WHERE match_number IS NOT NULL;

-- `parts` is evidence: it stays when a match is undone.
CREATE TABLE money_match (
    number       BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    subject      TEXT    NOT NULL,
    state        TEXT    NOT NULL,
    rule         TEXT    NOT NULL,
    rule_version BIGINT  NOT NULL,
    amount       BIGINT  NOT NULL,
    difference   BIGINT  NOT NULL,
    parts        TEXT    NOT NULL,
    made_at      BIGINT  NOT NULL,
    made_by      TEXT    NOT NULL,
    decided_at   BIGINT,
    decided_by   TEXT,
    reason       TEXT
);

CREATE INDEX money_match_state ON money_match (subject, state, number);

CREATE TABLE match_rule (
    name       TEXT    NOT NULL PRIMARY KEY,
    value      TEXT    NOT NULL,
    updated_at BIGINT  NOT NULL,
    updated_by TEXT    NOT NULL
);

-- What is not settled yet, day by day.
CREATE TABLE unsettled (
    provider TEXT    NOT NULL,
    currency TEXT    NOT NULL,
    day      TEXT    NOT NULL,
    opening  BIGINT  NOT NULL,
    taken    BIGINT  NOT NULL,
    settled  BIGINT  NOT NULL,
    closing  BIGINT  NOT NULL,
    payments BIGINT  NOT NULL,
    PRIMARY KEY (provider, currency, day)
);
