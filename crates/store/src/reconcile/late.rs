//! What came or changed about a day that is over: each makes its day due again.

use daybook_domain::Timestamp;

use crate::{
    Source, StoreResult, Tx,
    engine::{self, Cells, FromCells, all},
};

sql! {
    NOTE = "INSERT INTO late (warehouse_id, moment, noted_at) VALUES ($1, $2, $3) \
            ON CONFLICT (warehouse_id, moment) DO NOTHING";
    LIST = "SELECT warehouse_id, moment FROM late ORDER BY warehouse_id, moment LIMIT $1";
    DONE = "DELETE FROM late WHERE warehouse_id = $1 AND moment = $2";
}

/// A moment of a store's past about which there is something new.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct LateRow {
    /// The store.
    pub warehouse_id: i64,
    /// When it happened at the till.
    pub moment: Timestamp,
}

impl FromCells for LateRow {
    fn read(row: &impl Cells) -> StoreResult<Self> {
        Ok(Self { warehouse_id: row.int("warehouse_id")?, moment: row.time("moment")? })
    }
}

/// Notes that there is something new about these moments.
pub async fn note(tx: &mut Tx, now: Timestamp, late: &[LateRow]) -> StoreResult<()> {
    for one in late {
        on!(tx, c => {
            let query = sqlx::query(NOTE).bind(one.warehouse_id).bind(one.moment.micros());
            query.bind(now.micros()).execute(c).await?;
        });
    }
    Ok(())
}

/// What is noted.
pub async fn list(source: impl Into<Source<'_>>, limit: usize) -> StoreResult<Vec<LateRow>> {
    let mut conn = source.into().open().await?;
    on!(conn, c => all(&sqlx::query(LIST).bind(engine::limit(limit)).fetch_all(c).await?))
}

/// Their days are due; the notes have done their work.
pub async fn done(tx: &mut Tx, late: &[LateRow]) -> StoreResult<()> {
    for one in late {
        on!(tx, c => {
            let query = sqlx::query(DONE).bind(one.warehouse_id).bind(one.moment.micros());
            query.execute(c).await?;
        });
    }
    Ok(())
}
