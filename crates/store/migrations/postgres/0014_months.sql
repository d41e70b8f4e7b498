-- Months: payments that a person has written off, and personal data that is erased.

ALTER TABLE unsettled ADD COLUMN written_off BIGINT NOT NULL DEFAULT 0;

CREATE INDEX money_match_written_off ON money_match (number) WHERE rule = 'written-off';

CREATE INDEX inbox_order ON inbox (order_id) WHERE order_id IS NOT NULL;

-- Entries whose personal data is being erased, for the time of that transaction: only their
-- payloads may be written anew, and nothing but the text.
CREATE TABLE erasing (
    order_id BIGINT NOT NULL PRIMARY KEY
);

CREATE FUNCTION refuse_unless_erasing() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM erasing WHERE erasing.order_id = OLD.order_id)
        OR NEW.order_id <> OLD.order_id OR NEW.version <> OLD.version OR NEW.hash <> OLD.hash
        OR NEW.received_at <> OLD.received_at
    THEN
        RAISE EXCEPTION '%', TG_ARGV[0];
    END IF;
    RETURN NEW;
END
$$;

DROP TRIGGER payload_no_update ON payload;
CREATE TRIGGER payload_no_update BEFORE UPDATE ON payload
    FOR EACH ROW EXECUTE FUNCTION refuse_unless_erasing('payloads are append-only');
