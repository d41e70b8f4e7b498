-- Months: payments that a person has written off, and personal data that is erased.

ALTER TABLE unsettled ADD COLUMN written_off INTEGER NOT NULL DEFAULT 0;

CREATE INDEX money_match_written_off ON money_match (number) WHERE rule = 'written-off';

CREATE INDEX inbox_order ON inbox (order_id) WHERE order_id IS NOT NULL;

-- Entries whose personal data is being erased, for the time of that transaction: only their
-- payloads may be written anew, and nothing but the text.
CREATE TABLE erasing (
    order_id INTEGER NOT NULL PRIMARY KEY
) STRICT;

DROP TRIGGER payload_no_update;
CREATE TRIGGER payload_no_update BEFORE UPDATE ON payload
WHEN NOT EXISTS (SELECT 1 FROM erasing WHERE erasing.order_id = OLD.order_id)
    OR NEW.order_id <> OLD.order_id OR NEW.version <> OLD.version OR NEW.hash <> OLD.hash
    OR NEW.received_at <> OLD.received_at
BEGIN SELECT RAISE(ABORT, 'payloads are append-only'); END;
