//! What Daybook posted while the other integration may be late: looked at once more, because a
//! document that it posts between our look and our posting cannot be prevented, only found.

use daybook_domain::Timestamp;

use crate::{
    Source, StoreResult, Tx,
    engine::{self, Cells, FromCells, all},
};

sql! {
    WATCH = "INSERT INTO cutover_watch (order_id, due_at, until) VALUES ($1, $2, $3) \
             ON CONFLICT (order_id) DO UPDATE SET due_at = excluded.due_at, until = excluded.until";
    DUE = "SELECT order_id, due_at, until FROM cutover_watch WHERE due_at <= $1 \
           ORDER BY due_at, order_id LIMIT $2";
    PUT_OFF = "UPDATE cutover_watch SET due_at = $2 WHERE order_id = $1";
    FORGET = "DELETE FROM cutover_watch WHERE order_id = $1";
}

/// An entry that is watched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WatchRow {
    /// Which.
    pub order_id: i64,
    /// When it is looked at.
    pub due_at: Timestamp,
    /// Until when.
    pub until: Timestamp,
}

impl FromCells for WatchRow {
    fn read(row: &impl Cells) -> StoreResult<Self> {
        Ok(Self {
            order_id: row.int("order_id")?,
            due_at: row.time("due_at")?,
            until: row.time("until")?,
        })
    }
}

/// Watches entries from `due` on until `until`.
pub async fn watch(
    tx: &mut Tx,
    order_ids: &[i64],
    due: Timestamp,
    until: Timestamp,
) -> StoreResult<()> {
    for &order_id in order_ids {
        on!(tx, c => {
            let query = sqlx::query(WATCH).bind(order_id).bind(due.micros());
            query.bind(until.micros()).execute(c).await?;
        });
    }
    Ok(())
}

/// Watched entries that are due, the longest due first.
pub async fn due(
    source: impl Into<Source<'_>>,
    now: Timestamp,
    limit: usize,
) -> StoreResult<Vec<WatchRow>> {
    let mut conn = source.into().open().await?;
    on!(conn, c => {
        let query = sqlx::query(DUE).bind(now.micros()).bind(engine::limit(limit));
        all(&query.fetch_all(c).await?)
    })
}

/// Looks at an entry again later.
pub async fn put_off(tx: &mut Tx, order_id: i64, due: Timestamp) -> StoreResult<()> {
    on!(tx, c => {
        sqlx::query(PUT_OFF).bind(order_id).bind(due.micros()).execute(c).await?;
    });
    Ok(())
}

/// Watches an entry no more.
pub async fn forget(tx: &mut Tx, order_id: i64) -> StoreResult<()> {
    on!(tx, c => {
        sqlx::query(FORGET).bind(order_id).execute(c).await?;
    });
    Ok(())
}
