-- Sitoo's products stand in one table, for prices and for stock; and families: the variants of a style as one product with a choice of colour and size at the tills.
-- Attributes are a JSON list of names and values. `category` is what rules for buffers go by, folded.

ALTER TABLE variant ADD COLUMN attributes TEXT NOT NULL DEFAULT '[]';
ALTER TABLE variant ADD COLUMN category TEXT NOT NULL DEFAULT '';
ALTER TABLE till_product ADD COLUMN attributes TEXT NOT NULL DEFAULT '[]';

CREATE INDEX variant_category ON variant (category, folded);

-- `folded` is the SKU as stock looks for it; `counted` says whether stock is kept of it at all.
ALTER TABLE till_product ADD COLUMN folded TEXT NOT NULL DEFAULT '';
ALTER TABLE till_product ADD COLUMN counted INTEGER NOT NULL DEFAULT 1;
UPDATE till_product SET folded = lower(trim(sku));
UPDATE till_product SET counted = (SELECT counted FROM stock_product AS s WHERE s.sku = till_product.sku)
    WHERE EXISTS (SELECT 1 FROM stock_product AS s WHERE s.sku = till_product.sku);
CREATE INDEX till_product_folded ON till_product (folded);
DROP TABLE stock_product;

-- Styles by their code in OrderWise. `due_at` is the place in the queue; `intent_at` says that a
-- family was sent whose outcome is not written down yet; `main` is the product that leads it.
CREATE TABLE catalogue_family (
    style     TEXT    NOT NULL PRIMARY KEY,
    due_at    INTEGER,
    intent_at INTEGER,
    tries     INTEGER NOT NULL,
    main      INTEGER,
    cause     TEXT,
    detail    TEXT,
    since     INTEGER
) STRICT, WITHOUT ROWID;

CREATE INDEX catalogue_family_due ON catalogue_family (due_at, style) WHERE due_at IS NOT NULL;
CREATE INDEX catalogue_family_intent ON catalogue_family (style) WHERE intent_at IS NOT NULL;
CREATE INDEX catalogue_family_cause ON catalogue_family (cause, style) WHERE cause IS NOT NULL;
