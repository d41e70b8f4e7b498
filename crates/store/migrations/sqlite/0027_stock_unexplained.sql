-- By how much a level fell that no known sale explains, while an order is known to be missing.
CREATE TABLE stock_unexplained (
    warehouse_id INTEGER NOT NULL,
    folded       TEXT NOT NULL,
    quantity     INTEGER NOT NULL,
    since        INTEGER NOT NULL,
    PRIMARY KEY (warehouse_id, folded)
) STRICT, WITHOUT ROWID;
