-- Settlement: what the tills took by means of others, what providers say that they settled, what
-- the bank booked, and which of it belongs together. Days are texts (2026-11-24), money is pence.

-- Every payment of a till that is money, read from the payloads; never written by the sales flow.
CREATE TABLE till_money (
    order_id      INTEGER NOT NULL REFERENCES entry (order_id),
    payment_index INTEGER NOT NULL,
    provider      TEXT    NOT NULL,
    tender        TEXT    NOT NULL,
    name          TEXT    NOT NULL,
    amount        INTEGER NOT NULL,
    currency      TEXT    NOT NULL,
    at            INTEGER NOT NULL,
    day           TEXT    NOT NULL,
    warehouse_id  INTEGER,
    register_id   TEXT,
    refs          TEXT    NOT NULL,
    match_number  INTEGER,
    settled_on    TEXT,
    PRIMARY KEY (order_id, payment_index)
) STRICT, WITHOUT ROWID;

CREATE INDEX till_money_day ON till_money (provider, day);
CREATE INDEX till_money_settled ON till_money (provider, settled_on) WHERE settled_on IS NOT NULL;
CREATE INDEX till_money_open ON till_money (provider, day, order_id) WHERE match_number IS NULL;
CREATE INDEX till_money_match ON till_money (match_number) WHERE match_number IS NOT NULL;
CREATE INDEX till_money_tender ON till_money (tender);

CREATE TABLE till_money_reference (
    reference     TEXT    NOT NULL,
    order_id      INTEGER NOT NULL,
    payment_index INTEGER NOT NULL,
    PRIMARY KEY (reference, order_id, payment_index)
) STRICT, WITHOUT ROWID;

CREATE INDEX till_money_reference_order ON till_money_reference (order_id);

-- As which version and kind an entry was read last.
CREATE TABLE till_money_read (
    order_id        INTEGER NOT NULL PRIMARY KEY,
    payload_version INTEGER NOT NULL,
    kind            TEXT    NOT NULL
) STRICT;

CREATE TABLE money_file (
    hash        TEXT    NOT NULL PRIMARY KEY,
    kind        TEXT    NOT NULL,
    source      TEXT    NOT NULL,
    name        TEXT    NOT NULL,
    lines       INTEGER NOT NULL,
    added       INTEGER NOT NULL,
    imported_at INTEGER NOT NULL,
    imported_by TEXT    NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE settlement_line (
    number       INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    key          TEXT    NOT NULL,
    content      TEXT    NOT NULL,
    file         TEXT    NOT NULL,
    row_number   INTEGER NOT NULL,
    provider     TEXT    NOT NULL,
    account      TEXT    NOT NULL,
    payout       TEXT    NOT NULL,
    kind         TEXT    NOT NULL,
    gross        INTEGER NOT NULL,
    fee          INTEGER NOT NULL,
    net          INTEGER NOT NULL,
    currency     TEXT    NOT NULL,
    net_currency TEXT    NOT NULL,
    refs         TEXT    NOT NULL,
    happened_at  INTEGER,
    day          TEXT    NOT NULL,
    payout_day   TEXT,
    store        TEXT,
    own_id       TEXT,
    match_number INTEGER
) STRICT;

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
    amount       INTEGER NOT NULL,
    lines_net    INTEGER NOT NULL,
    declared     INTEGER NOT NULL,
    lines        INTEGER NOT NULL,
    refs         TEXT    NOT NULL,
    match_number INTEGER,
    PRIMARY KEY (provider, payout, currency)
) STRICT, WITHOUT ROWID;

CREATE INDEX payout_day ON payout (day, provider, payout);
CREATE INDEX payout_open ON payout (day) WHERE match_number IS NULL;
CREATE INDEX payout_match ON payout (match_number) WHERE match_number IS NOT NULL;

CREATE TABLE bank_line (
    number       INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    key          TEXT    NOT NULL,
    file         TEXT    NOT NULL,
    row_number   INTEGER NOT NULL,
    account      TEXT    NOT NULL,
    day          TEXT    NOT NULL,
    amount       INTEGER NOT NULL,
    currency     TEXT    NOT NULL,
    reference    TEXT    NOT NULL,
    words        TEXT    NOT NULL,
    match_number INTEGER
) STRICT;

CREATE UNIQUE INDEX bank_line_key ON bank_line (key);
CREATE INDEX bank_line_open ON bank_line (day) WHERE match_number IS NULL;
CREATE INDEX bank_line_match ON bank_line (match_number) WHERE match_number IS NOT NULL;

-- `parts` is evidence: it stays when a match is undone.
CREATE TABLE money_match (
    number       INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    subject      TEXT    NOT NULL,
    state        TEXT    NOT NULL,
    rule         TEXT    NOT NULL,
    rule_version INTEGER NOT NULL,
    amount       INTEGER NOT NULL,
    difference   INTEGER NOT NULL,
    parts        TEXT    NOT NULL,
    made_at      INTEGER NOT NULL,
    made_by      TEXT    NOT NULL,
    decided_at   INTEGER,
    decided_by   TEXT,
    reason       TEXT
) STRICT;

CREATE INDEX money_match_state ON money_match (subject, state, number);

CREATE TABLE match_rule (
    name       TEXT    NOT NULL PRIMARY KEY,
    value      TEXT    NOT NULL,
    updated_at INTEGER NOT NULL,
    updated_by TEXT    NOT NULL
) STRICT, WITHOUT ROWID;

-- What is not settled yet, day by day.
CREATE TABLE unsettled (
    provider TEXT    NOT NULL,
    currency TEXT    NOT NULL,
    day      TEXT    NOT NULL,
    opening  INTEGER NOT NULL,
    taken    INTEGER NOT NULL,
    settled  INTEGER NOT NULL,
    closing  INTEGER NOT NULL,
    payments INTEGER NOT NULL,
    PRIMARY KEY (provider, currency, day)
) STRICT, WITHOUT ROWID;
