//! Receipts by store and quarter of an hour: what silence is measured by.

use daybook_domain::{Money, Timestamp};

use crate::{
    Source, StoreResult,
    engine::{Cells, FromCells, all},
};

sql! {
    /// Whole quarters since `$1`: both engines cut integers alike.
    QUARTERS = "SELECT warehouse_id, (order_date - $1) / 900000000 AS quarter, \
                CAST(count(*) AS BIGINT) AS receipts, \
                CAST(sum(abs(gross)) AS BIGINT) AS gross, max(order_date) AS latest FROM entry \
                WHERE order_date >= $1 AND order_date < $2 AND warehouse_id IS NOT NULL \
                AND kind IN ('sale', 'return') \
                GROUP BY warehouse_id, (order_date - $1) / 900000000 \
                ORDER BY warehouse_id, quarter";
}

/// A quarter of an hour of a store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QuarterRow {
    /// The store.
    pub warehouse_id: i64,
    /// Quarters since the beginning that was asked for.
    pub quarter: i64,
    /// Sales and returns.
    pub receipts: i64,
    /// Their gross, without signs.
    pub gross: Money,
    /// The latest of them, by the till.
    pub latest: Timestamp,
}

impl FromCells for QuarterRow {
    fn read(row: &impl Cells) -> StoreResult<Self> {
        Ok(Self {
            warehouse_id: row.int("warehouse_id")?,
            quarter: row.int("quarter")?,
            receipts: row.int("receipts")?,
            gross: row.money("gross")?,
            latest: row.time("latest")?,
        })
    }
}

/// Receipts from `from` on and before `to`, by the tills' clocks.
pub async fn quarters(
    source: impl Into<Source<'_>>,
    (from, to): (Timestamp, Timestamp),
) -> StoreResult<Vec<QuarterRow>> {
    let mut conn = source.into().open().await?;
    on!(conn, c => {
        let query = sqlx::query(QUARTERS).bind(from.micros()).bind(to.micros());
        all(&query.fetch_all(c).await?)
    })
}
