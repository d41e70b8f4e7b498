-- The till's zone as it told it: people look for a receipt by the time that is printed on it.
ALTER TABLE entry ADD COLUMN time_zone TEXT;
