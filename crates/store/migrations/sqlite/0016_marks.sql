-- How often a look was asked for: what is asked for while a look is under way is not forgotten when
-- that look is over.
ALTER TABLE catalogue_item ADD COLUMN marks INTEGER NOT NULL DEFAULT 0;
