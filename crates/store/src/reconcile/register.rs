//! The tills of Sitoo, by which Z-reports and receipts belong to a store.

use daybook_domain::Timestamp;

use crate::{
    Source, StoreResult, Tx,
    engine::{Cells, FromCells, all},
};

sql! {
    PUT = "INSERT INTO register (register_id, key, warehouse_id, read_at) VALUES ($1, $2, $3, $4) \
           ON CONFLICT (register_id) DO UPDATE SET key = excluded.key, \
           warehouse_id = excluded.warehouse_id, read_at = excluded.read_at";
    ALL = "SELECT register_id, key, warehouse_id FROM register ORDER BY register_id";
    OF_STORE = "SELECT register_id, key, warehouse_id FROM register WHERE warehouse_id = $1 \
                ORDER BY register_id";
}

/// A till.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegisterRow {
    /// Sitoo's id of it.
    pub register_id: String,
    /// What its receipts' ids begin with.
    pub key: Option<String>,
    /// Its store.
    pub warehouse_id: Option<i64>,
}

impl FromCells for RegisterRow {
    fn read(row: &impl Cells) -> StoreResult<Self> {
        Ok(Self {
            register_id: row.text("register_id")?,
            key: row.opt_text("key")?,
            warehouse_id: row.opt_int("warehouse_id")?,
        })
    }
}

/// Keeps tills. One that is no longer told stays: its receipts are still there.
pub async fn put(tx: &mut Tx, now: Timestamp, registers: &[RegisterRow]) -> StoreResult<()> {
    for one in registers {
        on!(tx, c => {
            let query = sqlx::query(PUT).bind(&one.register_id).bind(one.key.as_deref());
            query.bind(one.warehouse_id).bind(now.micros()).execute(c).await?;
        });
    }
    Ok(())
}

/// All tills.
pub async fn list(source: impl Into<Source<'_>>) -> StoreResult<Vec<RegisterRow>> {
    let mut conn = source.into().open().await?;
    on!(conn, c => all(&sqlx::query(ALL).fetch_all(c).await?))
}

/// The tills of a store.
pub async fn of_store(
    source: impl Into<Source<'_>>,
    warehouse_id: i64,
) -> StoreResult<Vec<RegisterRow>> {
    let mut conn = source.into().open().await?;
    on!(conn, c => all(&sqlx::query(OF_STORE).bind(warehouse_id).fetch_all(c).await?))
}
