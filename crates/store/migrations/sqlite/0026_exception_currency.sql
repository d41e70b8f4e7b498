-- The currency of the money at risk; none is the book's own. What is open about an entry is in the
-- entry's.
ALTER TABLE exception ADD COLUMN currency TEXT;
UPDATE exception SET currency = (SELECT NULLIF(entry.currency, '') FROM entry
    WHERE entry.order_id = exception.order_id)
    WHERE order_id IS NOT NULL AND closed_at IS NULL;
