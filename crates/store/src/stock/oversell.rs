//! Times in which tills had sold what was not there.

use daybook_domain::{Quantity, Timestamp};
use schemars::JsonSchema;
use serde::Serialize;

use crate::{
    Source, StoreResult, Tx,
    engine::{Cells, FromCells, all},
};

sql! {
    OPEN = "SELECT warehouse_id, folded, began_at, sku, units, orders, ended_at FROM oversell \
            WHERE ended_at IS NULL ORDER BY warehouse_id, folded";
    SINCE = "SELECT warehouse_id, folded, began_at, sku, units, orders, ended_at FROM oversell \
             WHERE began_at >= $1 ORDER BY began_at DESC, warehouse_id, folded";
    BEGIN = "INSERT INTO oversell (warehouse_id, folded, began_at, sku, units, orders) \
             VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (warehouse_id, folded, began_at) \
             DO UPDATE SET units = excluded.units, orders = excluded.orders, ended_at = NULL";
    /// The most that was missing counts; the orders are the latest.
    GROW = "UPDATE oversell SET units = CASE WHEN units < $3 THEN $3 ELSE units END, orders = $4 \
            WHERE warehouse_id = $1 AND folded = $2 AND ended_at IS NULL";
    END = "UPDATE oversell SET ended_at = $3 WHERE warehouse_id = $1 AND folded = $2 \
           AND ended_at IS NULL";
}

/// One such time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct OversellRow {
    /// Warehouse of Sitoo.
    pub warehouse_id: i64,
    /// Folded SKU.
    #[serde(skip)]
    pub folded: String,
    /// Since when.
    pub began_at: Timestamp,
    /// In Sitoo's spelling.
    pub sku: String,
    /// The most that was missing.
    pub units: Quantity,
    /// References of the sales concerned.
    pub orders: String,
    /// Until when; none while it lasts.
    pub ended_at: Option<Timestamp>,
}

impl FromCells for OversellRow {
    fn read(row: &impl Cells) -> StoreResult<Self> {
        Ok(Self {
            warehouse_id: row.int("warehouse_id")?,
            folded: row.text("folded")?,
            began_at: row.time("began_at")?,
            sku: row.text("sku")?,
            units: row.quantity("units")?,
            orders: row.text("orders")?,
            ended_at: row.opt_time("ended_at")?,
        })
    }
}

/// Those that last.
pub async fn open(source: impl Into<Source<'_>>) -> StoreResult<Vec<OversellRow>> {
    let mut conn = source.into().open().await?;
    on!(conn, c => all(&sqlx::query(OPEN).fetch_all(c).await?))
}

/// Those that began at or after `since`, the latest first.
pub async fn since(
    source: impl Into<Source<'_>>,
    since: Timestamp,
) -> StoreResult<Vec<OversellRow>> {
    let mut conn = source.into().open().await?;
    on!(conn, c => all(&sqlx::query(SINCE).bind(since.micros()).fetch_all(c).await?))
}

/// Notes that one begins.
pub async fn begin(tx: &mut Tx, row: &OversellRow) -> StoreResult<()> {
    on!(tx, c => {
        let query = sqlx::query(BEGIN).bind(row.warehouse_id).bind(row.folded.as_str());
        let query = query.bind(row.began_at.micros()).bind(row.sku.as_str());
        query.bind(row.units.thousandths()).bind(row.orders.as_str()).execute(c).await?;
    });
    Ok(())
}

/// Notes that one goes on.
pub async fn grow(
    tx: &mut Tx,
    warehouse_id: i64,
    folded: &str,
    units: Quantity,
    orders: &str,
) -> StoreResult<()> {
    on!(tx, c => {
        let query = sqlx::query(GROW).bind(warehouse_id).bind(folded);
        query.bind(units.thousandths()).bind(orders).execute(c).await?;
    });
    Ok(())
}

/// Notes that one is over.
pub async fn end(tx: &mut Tx, now: Timestamp, warehouse_id: i64, folded: &str) -> StoreResult<()> {
    on!(tx, c => {
        let query = sqlx::query(END).bind(warehouse_id).bind(folded).bind(now.micros());
        query.execute(c).await?;
    });
    Ok(())
}
