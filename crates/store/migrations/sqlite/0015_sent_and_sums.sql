-- What an attempt sent, as the day close compares it: the mapping of that hour, not of today.
ALTER TABLE attempt ADD COLUMN posting TEXT;

-- What the figures of a location come to: how many they are, and the sum of their fingerprints. A
-- night in which nothing changed is seen without reading millions of rows.
CREATE TABLE erp_stock_sum (
    location_id INTEGER NOT NULL PRIMARY KEY,
    figures     INTEGER NOT NULL,
    digest      INTEGER NOT NULL
) STRICT;
