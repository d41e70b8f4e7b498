//! By how much a level fell that no known sale explains, while an order is known to be missing.

use daybook_domain::{Quantity, Timestamp};

use crate::{
    Source, StoreResult, Tx,
    engine::{Cells, FromCells, all},
};

sql! {
    ALL = "SELECT warehouse_id, folded, quantity, since FROM stock_unexplained \
           ORDER BY warehouse_id, folded";
    PUT = "INSERT INTO stock_unexplained (warehouse_id, folded, quantity, since) \
           VALUES ($1, $2, $3, $4) ON CONFLICT (warehouse_id, folded) \
           DO UPDATE SET quantity = excluded.quantity, since = excluded.since";
    REMOVE = "DELETE FROM stock_unexplained WHERE warehouse_id = $1 AND folded = $2";
    CLEAR = "DELETE FROM stock_unexplained";
}

/// What may be inside an order that Sitoo does not show yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unexplained {
    /// Warehouse of Sitoo.
    pub warehouse_id: i64,
    /// Folded SKU of OrderWise.
    pub folded: String,
    /// How much; zero forgets it.
    pub quantity: Quantity,
    /// Since when.
    pub since: Timestamp,
}

impl FromCells for Unexplained {
    fn read(row: &impl Cells) -> StoreResult<Self> {
        Ok(Self {
            warehouse_id: row.int("warehouse_id")?,
            folded: row.text("folded")?,
            quantity: row.quantity("quantity")?,
            since: row.time("since")?,
        })
    }
}

/// All of it: as little as there is of orders that are missing.
pub async fn list(source: impl Into<Source<'_>>) -> StoreResult<Vec<Unexplained>> {
    let mut conn = source.into().open().await?;
    on!(conn, c => all(&sqlx::query(ALL).fetch_all(c).await?))
}

/// Notes how much it is now.
pub async fn note(tx: &mut Tx, rows: &[Unexplained]) -> StoreResult<()> {
    for row in rows {
        on!(tx, c => {
            if row.quantity.is_zero() {
                let query = sqlx::query(REMOVE).bind(row.warehouse_id);
                query.bind(row.folded.as_str()).execute(c).await?;
            } else {
                let query = sqlx::query(PUT).bind(row.warehouse_id).bind(row.folded.as_str());
                let query = query.bind(row.quantity.thousandths()).bind(row.since.micros());
                query.execute(c).await?;
            }
        });
    }
    Ok(())
}

/// Forgets all of it: no order is missing any more.
pub async fn clear(tx: &mut Tx) -> StoreResult<()> {
    on!(tx, c => {
        sqlx::query(CLEAR).execute(c).await?;
    });
    Ok(())
}
