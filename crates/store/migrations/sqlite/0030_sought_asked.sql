-- When OrderWise was last asked for the other integration's document, whatever that came to; none
-- before the first look.
ALTER TABLE sought ADD COLUMN asked_at INTEGER;
UPDATE sought SET asked_at = looked_at;
