-- What people at the desk search by.

CREATE INDEX entry_gross ON entry (gross, order_id);
