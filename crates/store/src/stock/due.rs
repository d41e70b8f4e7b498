//! What has to be looked at: a SKU in a store, why, and from when on.

use std::collections::BTreeMap;

use daybook_domain::{Timestamp, stock::Why};
use sqlx::QueryBuilder;

use crate::{
    Source, StoreResult, Tx,
    engine::{self, Cells, FromCells, all, padded, pieces},
};

sql! {
    DUE = "SELECT warehouse_id, folded, why, due_at, marks FROM stock_due WHERE due_at <= $1 \
           ORDER BY due_at, warehouse_id, folded LIMIT $2";
    OF_WAREHOUSE = "SELECT warehouse_id, folded, why, due_at, marks FROM stock_due \
                    WHERE warehouse_id = $1 AND due_at <= $2";
    COUNT = "SELECT CAST(count(*) AS BIGINT) AS due FROM stock_due WHERE due_at <= $1";
    BY_STORE = "SELECT warehouse_id, CAST(count(*) AS BIGINT) AS due, min(due_at) AS oldest \
                FROM stock_due WHERE due_at <= $1 GROUP BY warehouse_id";
}

const MARK: &str = "INSERT INTO stock_due (warehouse_id, folded, why, due_at, marks) ";
/// Whoever is at work on it sees by `marks` that it was marked once more.
const MARK_UP: &str = " ON CONFLICT (warehouse_id, folded) DO UPDATE SET \
    marks = stock_due.marks + 1, \
    why = CASE WHEN excluded.due_at < stock_due.due_at THEN excluded.why ELSE stock_due.why END, \
    due_at = CASE WHEN excluded.due_at < stock_due.due_at THEN excluded.due_at \
             ELSE stock_due.due_at END";
/// Everything that some orders moved and that is not settled.
const MARK_ORDERS: &str = "INSERT INTO stock_due (warehouse_id, folded, why, due_at, marks) \
    SELECT DISTINCT warehouse_id, folded, ";
const DONE: &str = "DELETE FROM stock_due WHERE (warehouse_id, folded, marks) IN (";

/// A SKU to be looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewDue {
    /// Warehouse of Sitoo.
    pub warehouse_id: i64,
    /// Folded SKU.
    pub folded: String,
    /// Why.
    pub why: Why,
    /// From when on.
    pub due_at: Timestamp,
}

/// The same as the book holds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DueRow {
    /// Warehouse of Sitoo.
    pub warehouse_id: i64,
    /// Folded SKU.
    pub folded: String,
    /// Why, of the earliest mark.
    pub why: Why,
    /// From when on.
    pub due_at: Timestamp,
    /// How often it was marked: what was marked again meanwhile is not done.
    pub marks: i64,
}

impl FromCells for DueRow {
    fn read(row: &impl Cells) -> StoreResult<Self> {
        Ok(Self {
            warehouse_id: row.int("warehouse_id")?,
            folded: row.text("folded")?,
            why: row.word("why")?,
            due_at: row.time("due_at")?,
            marks: row.int("marks")?,
        })
    }
}

/// Marks SKUs; what is due already stays due at its earlier moment.
pub async fn mark(tx: &mut Tx, due: &[NewDue]) -> StoreResult<()> {
    let mut one_each: BTreeMap<(i64, &str), &NewDue> = BTreeMap::new();
    for new in due {
        let known = one_each.entry((new.warehouse_id, &new.folded)).or_insert(new);
        if new.due_at < known.due_at {
            *known = new;
        }
    }
    let due: Vec<&NewDue> = one_each.into_values().collect();
    for piece in pieces(due.len()) {
        on!(tx, c => {
            let mut query = QueryBuilder::<Sql>::new(MARK);
            query.push_values(&due[piece], |mut row, due| {
                row.push_bind(due.warehouse_id).push_bind(due.folded.as_str());
                row.push_bind(due.why.word()).push_bind(due.due_at.micros()).push_bind(1_i64);
            });
            query.push(MARK_UP).build().execute(c).await?;
        });
    }
    Ok(())
}

/// Marks what these orders moved, as far as it is not settled.
pub async fn mark_orders(
    tx: &mut Tx,
    due_at: Timestamp,
    why: Why,
    order_ids: &[i64],
) -> StoreResult<()> {
    for ids in order_ids.chunks(1_024) {
        on!(tx, c => {
            let mut query = QueryBuilder::<Sql>::new(MARK_ORDERS);
            query.push("'").push(why.word()).push("', CAST(").push_bind(due_at.micros());
            query.push(" AS BIGINT), 1 FROM till_movement WHERE order_id IN (");
            let mut list = query.separated(", ");
            for id in padded(ids) {
                list.push_bind(id);
            }
            query.push(") ORDER BY warehouse_id, folded").push(MARK_UP);
            query.build().execute(c).await?;
        });
    }
    Ok(())
}

/// What is due, the longest due first.
pub async fn due(
    source: impl Into<Source<'_>>,
    now: Timestamp,
    limit: usize,
) -> StoreResult<Vec<DueRow>> {
    let mut conn = source.into().open().await?;
    on!(conn, c => {
        let query = sqlx::query(DUE).bind(now.micros()).bind(engine::limit(limit));
        all(&query.fetch_all(c).await?)
    })
}

/// Everything that is due in one warehouse.
pub async fn of_warehouse(
    source: impl Into<Source<'_>>,
    warehouse_id: i64,
    now: Timestamp,
) -> StoreResult<Vec<DueRow>> {
    let mut conn = source.into().open().await?;
    on!(conn, c => {
        let query = sqlx::query(OF_WAREHOUSE).bind(warehouse_id).bind(now.micros());
        all(&query.fetch_all(c).await?)
    })
}

/// Forgets what was done, unless it was marked again meanwhile.
pub async fn done(tx: &mut Tx, due: &[DueRow]) -> StoreResult<()> {
    for piece in pieces(due.len()) {
        on!(tx, c => {
            let mut query = QueryBuilder::<Sql>::new(DONE);
            query.push_values(&due[piece], |mut row, due| {
                row.push_bind(due.warehouse_id).push_bind(due.folded.as_str());
                row.push_bind(due.marks);
            });
            query.push(")").build().execute(c).await?;
        });
    }
    Ok(())
}

/// How many are due.
pub async fn count(source: impl Into<Source<'_>>, now: Timestamp) -> StoreResult<i64> {
    let mut conn = source.into().open().await?;
    on!(conn, c => sqlx::query(COUNT).bind(now.micros()).fetch_one(c).await?.int("due"))
}

/// How many SKUs are due in each store, and since when the longest waits.
pub async fn by_store(
    source: impl Into<Source<'_>>,
    now: Timestamp,
) -> StoreResult<BTreeMap<i64, (i64, Timestamp)>> {
    let mut conn = source.into().open().await?;
    on!(conn, c => {
        let rows = sqlx::query(BY_STORE).bind(now.micros()).fetch_all(c).await?;
        let one = |row| {
            let due = (Cells::int(row, "due")?, Cells::time(row, "oldest")?);
            Ok((Cells::int(row, "warehouse_id")?, due))
        };
        rows.iter().map(one).collect()
    })
}
