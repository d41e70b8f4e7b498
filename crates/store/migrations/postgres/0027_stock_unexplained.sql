-- By how much a level fell that no known sale explains, while an order is known to be missing.
CREATE TABLE stock_unexplained (
    warehouse_id BIGINT NOT NULL,
    folded       TEXT NOT NULL,
    quantity     BIGINT NOT NULL,
    since        BIGINT NOT NULL,
    PRIMARY KEY (warehouse_id, folded)
);
