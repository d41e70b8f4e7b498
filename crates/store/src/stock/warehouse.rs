//! Sitoo's warehouses, as far as stock needs them.

use daybook_domain::{Timestamp, stock::Kind};
use serde::Serialize;

use crate::{
    Source, StoreResult, Tx,
    engine::{Cells, FromCells, all},
};

sql! {
    ALL = "SELECT warehouse_id, kind, name, seen_at FROM till_warehouse ORDER BY warehouse_id";
    UPSERT = "INSERT INTO till_warehouse (warehouse_id, kind, name, seen_at) \
              VALUES ($1, $2, $3, $4) ON CONFLICT (warehouse_id) DO UPDATE SET \
              kind = excluded.kind, name = excluded.name, seen_at = excluded.seen_at";
    REMOVE = "DELETE FROM till_warehouse WHERE seen_at < $1";
}

/// A warehouse.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct WarehouseRow {
    /// Its id.
    pub warehouse_id: i64,
    /// How it takes stock.
    pub kind: Kind,
    /// Its name.
    pub name: String,
    /// When Sitoo last told of it.
    pub seen_at: Timestamp,
}

impl FromCells for WarehouseRow {
    fn read(row: &impl Cells) -> StoreResult<Self> {
        Ok(Self {
            warehouse_id: row.int("warehouse_id")?,
            kind: Kind::of(row.int("kind")?),
            name: row.text("name")?,
            seen_at: row.time("seen_at")?,
        })
    }
}

/// Puts `warehouses` in the place of what was known.
pub async fn replace(tx: &mut Tx, warehouses: &[WarehouseRow]) -> StoreResult<()> {
    for row in warehouses {
        on!(tx, c => {
            let query = sqlx::query(UPSERT).bind(row.warehouse_id).bind(row.kind.number());
            query.bind(row.name.as_str()).bind(row.seen_at.micros()).execute(c).await?;
        });
    }
    if let Some(seen_at) = warehouses.iter().map(|row| row.seen_at).min() {
        on!(tx, c => {
            sqlx::query(REMOVE).bind(seen_at.micros()).execute(c).await?;
        });
    }
    Ok(())
}

/// All warehouses.
pub async fn list(source: impl Into<Source<'_>>) -> StoreResult<Vec<WarehouseRow>> {
    let mut conn = source.into().open().await?;
    on!(conn, c => all(&sqlx::query(ALL).fetch_all(c).await?))
}
