-- Products at the tills: what OrderWise tells of a variant, what Sitoo has, what stands between.
-- Money is pence; unit prices of OrderWise are hundredths of a penny, because it keeps four decimals.

ALTER TABLE variant ADD COLUMN product_code TEXT NOT NULL DEFAULT '';
ALTER TABLE variant ADD COLUMN description TEXT NOT NULL DEFAULT '';
ALTER TABLE variant ADD COLUMN ean TEXT;
ALTER TABLE variant ADD COLUMN price_exc_vat BIGINT;
ALTER TABLE variant ADD COLUMN price_inc_vat BIGINT;
ALTER TABLE variant ADD COLUMN tax_code TEXT;
ALTER TABLE variant ADD COLUMN tax_rate BIGINT;
ALTER TABLE variant ADD COLUMN on_tills BOOLEAN NOT NULL DEFAULT TRUE;
ALTER TABLE variant ADD COLUMN kit BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE variant ADD COLUMN last_amended BIGINT;
-- A book from before knows nothing of products until the next full read.
ALTER TABLE variant ADD COLUMN unreadable TEXT NOT NULL DEFAULT 'not read yet';

CREATE INDEX variant_ean ON variant (ean) WHERE ean IS NOT NULL;
CREATE INDEX variant_style ON variant (product_code, sku);

-- What Sitoo has. `link` is the folded code of the variant it belongs to.
CREATE TABLE till_product (
    product_id     BIGINT NOT NULL PRIMARY KEY,
    sku            TEXT    NOT NULL,
    link           TEXT    NOT NULL,
    title          TEXT    NOT NULL,
    price          BIGINT NOT NULL,
    vat_id         BIGINT,
    barcode        TEXT    NOT NULL,
    aliases        TEXT    NOT NULL,
    active_pos     BOOLEAN NOT NULL,
    parent_id      BIGINT,
    allow_decimals BOOLEAN NOT NULL,
    read_at        BIGINT NOT NULL,
    foreign_since  BIGINT
);

CREATE INDEX till_product_link ON till_product (link);
CREATE INDEX till_product_read ON till_product (read_at);
CREATE INDEX till_product_foreign ON till_product (product_id) WHERE foreign_since IS NOT NULL;

-- Barcodes and their aliases, by who carries them.
CREATE TABLE till_barcode (
    barcode    TEXT    NOT NULL,
    product_id BIGINT NOT NULL,
    PRIMARY KEY (barcode, product_id)
);

CREATE INDEX till_barcode_product ON till_barcode (product_id);

-- Where a variant stands towards the tills. `due_at` is its place in the queue; `intent_at` says
-- that something was sent whose outcome is not written down yet.
CREATE TABLE catalogue_item (
    sku        TEXT    NOT NULL PRIMARY KEY,
    standing   TEXT,
    product_id BIGINT,
    due_at     BIGINT,
    tries      BIGINT NOT NULL,
    intent_at  BIGINT,
    refusal    TEXT,
    decided_at BIGINT
);

CREATE INDEX catalogue_item_due ON catalogue_item (due_at, sku) WHERE due_at IS NOT NULL;
CREATE INDEX catalogue_item_intent ON catalogue_item (sku) WHERE intent_at IS NOT NULL;
CREATE INDEX catalogue_item_refusal ON catalogue_item (sku) WHERE refusal IS NOT NULL;
CREATE INDEX catalogue_item_standing ON catalogue_item (standing);

CREATE TABLE catalogue_fault (
    sku     TEXT    NOT NULL,
    cause   TEXT    NOT NULL,
    subject TEXT    NOT NULL,
    detail  TEXT    NOT NULL,
    since   BIGINT NOT NULL,
    PRIMARY KEY (sku, cause)
);

CREATE INDEX catalogue_fault_cause ON catalogue_fault (cause, subject, sku);

-- When a price changed, was written, and was seen at the tills. List 1 is Sitoo's default one.
CREATE TABLE price_arrival (
    sku          TEXT    NOT NULL,
    list         BIGINT NOT NULL,
    decided_at   BIGINT NOT NULL,
    old          BIGINT,
    new          BIGINT NOT NULL,
    changed_at   BIGINT,
    due_at       BIGINT NOT NULL,
    written_at   BIGINT,
    read_back_at BIGINT,
    PRIMARY KEY (sku, list, decided_at)
);

CREATE INDEX price_arrival_pending ON price_arrival (due_at, sku) WHERE read_back_at IS NULL;
CREATE INDEX price_arrival_decided ON price_arrival (decided_at, sku);

-- Prices of further price lists, as Sitoo has them.
CREATE TABLE list_price (
    list  BIGINT NOT NULL,
    sku   TEXT    NOT NULL,
    price BIGINT NOT NULL,
    PRIMARY KEY (list, sku)
);
