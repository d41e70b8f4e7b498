-- How often a look at a style was asked for: what is asked for while its family is being written is
-- not forgotten when that is over.
ALTER TABLE catalogue_family ADD COLUMN marks INTEGER NOT NULL DEFAULT 0;
