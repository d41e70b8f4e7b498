//! What the tills moved and OrderWise may not know yet: written with its entry, removed as soon as
//! OrderWise's figure contains it for certain, so that the table stays as small as what is in flight.

use std::collections::BTreeMap;

use daybook_domain::{Quantity, Timestamp, entry::EntryState, stock::Standing};
use sqlx::QueryBuilder;

use crate::{
    Source, StoreResult, Tx,
    by_keys::by_keys,
    engine::{self, Cells, FromCells, all, padded, pieces},
};

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT m.order_id AS order_id, row_index, m.warehouse_id AS warehouse_id, folded, \
             quantity, state, reference, stored_at, posted_at, changed_at FROM till_movement AS m \
             JOIN entry ON entry.order_id = m.order_id ",
            $rest
        )
    };
}

sql! {
    ALL = select!("WHERE m.order_id > $1 ORDER BY m.order_id, row_index, m.warehouse_id LIMIT $2");
    COUNT = "SELECT CAST(count(*) AS BIGINT) AS movements FROM till_movement";
    /// Entries that an older book may still have in flight.
    SEED = "SELECT order_id FROM entry WHERE order_id > $1 AND (received_at >= $2 OR state \
            IN ('set-aside', 'waiting', 'ready', 'posting', 'in-doubt', 'held', 'posted')) \
            ORDER BY order_id LIMIT $3";
    OF_ORDER = "SELECT DISTINCT warehouse_id, folded FROM till_movement WHERE order_id = $1";
}

const OF_SKUS: &str = select!("WHERE folded IN ");
const CLEAR: &str = "DELETE FROM till_movement WHERE order_id IN (";
const INSERT: &str =
    "INSERT INTO till_movement (order_id, row_index, warehouse_id, folded, quantity) ";
const UNLESS_THERE: &str = " ON CONFLICT DO NOTHING";
const SETTLE: &str = "DELETE FROM till_movement WHERE (order_id, row_index, warehouse_id) IN (";

/// A sold row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewMovement {
    /// Which entry.
    pub order_id: i64,
    /// Which of its rows.
    pub row: i64,
    /// Where the goods leave from.
    pub warehouse_id: i64,
    /// The till's SKU, folded.
    pub folded: String,
    /// How much was sold; above zero.
    pub quantity: Quantity,
}

/// A sold row, with what is known about its entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MovementRow {
    /// Which entry.
    pub order_id: i64,
    /// Its key in OrderWise.
    pub reference: String,
    /// Which of its rows.
    pub row: i64,
    /// Where the goods leave from.
    pub warehouse_id: i64,
    /// The till's SKU, folded.
    pub folded: String,
    /// How much was sold.
    pub quantity: Quantity,
    /// What is known about its posting.
    pub standing: Standing,
}

impl FromCells for MovementRow {
    fn read(row: &impl Cells) -> StoreResult<Self> {
        Ok(Self {
            order_id: row.int("order_id")?,
            reference: row.text("reference")?,
            row: row.int("row_index")?,
            warehouse_id: row.int("warehouse_id")?,
            folded: row.text("folded")?,
            quantity: row.quantity("quantity")?,
            standing: Standing {
                state: row.word::<EntryState>("state")?,
                stored_at: row.opt_time("stored_at")?,
                posted_at: row.opt_time("posted_at")?,
                changed_at: row.time("changed_at")?,
            },
        })
    }
}

/// Puts `rows` in the place of whatever these orders moved before.
pub async fn replace(tx: &mut Tx, order_ids: &[i64], rows: &[NewMovement]) -> StoreResult<()> {
    for ids in order_ids.chunks(1_024) {
        on!(tx, c => {
            let mut query = QueryBuilder::<Sql>::new(CLEAR);
            let mut list = query.separated(", ");
            for id in padded(ids) {
                list.push_bind(id);
            }
            query.push(")").build().execute(c).await?;
        });
    }
    insert(tx, rows).await
}

/// Adds rows; those that are there already stay as they are.
pub async fn insert(tx: &mut Tx, rows: &[NewMovement]) -> StoreResult<()> {
    let rows: BTreeMap<_, _> =
        rows.iter().map(|row| ((row.order_id, row.row, row.warehouse_id), row)).collect();
    let rows: Vec<&NewMovement> = rows.into_values().collect();
    for piece in pieces(rows.len()) {
        on!(tx, c => {
            let mut query = QueryBuilder::<Sql>::new(INSERT);
            query.push_values(&rows[piece], |mut row, moved| {
                row.push_bind(moved.order_id).push_bind(moved.row).push_bind(moved.warehouse_id);
                row.push_bind(moved.folded.as_str()).push_bind(moved.quantity.thousandths());
            });
            query.push(UNLESS_THERE).build().execute(c).await?;
        });
    }
    Ok(())
}

/// What was sold of these folded SKUs, everywhere.
pub async fn of_skus(
    source: impl Into<Source<'_>>,
    folded: &[String],
) -> StoreResult<Vec<MovementRow>> {
    by_keys(source.into(), (OF_SKUS, ""), folded).await
}

/// Everything that is not settled, of orders after `after`.
pub async fn list(
    source: impl Into<Source<'_>>,
    after: i64,
    limit: usize,
) -> StoreResult<Vec<MovementRow>> {
    let mut conn = source.into().open().await?;
    on!(conn, c => {
        let query = sqlx::query(ALL).bind(after).bind(engine::limit(limit));
        all(&query.fetch_all(c).await?)
    })
}

/// Warehouses and folded SKUs that an order moved and that are not settled.
pub async fn of_order(
    source: impl Into<Source<'_>>,
    order_id: i64,
) -> StoreResult<Vec<(i64, String)>> {
    let mut conn = source.into().open().await?;
    on!(conn, c => {
        let rows = sqlx::query(OF_ORDER).bind(order_id).fetch_all(c).await?;
        rows.iter().map(|row| Ok((row.int("warehouse_id")?, row.text("folded")?))).collect()
    })
}

/// Forgets what OrderWise's figure contains for certain: order, row and warehouse.
pub async fn settle(tx: &mut Tx, settled: &[(i64, i64, i64)]) -> StoreResult<()> {
    for piece in pieces(settled.len()) {
        on!(tx, c => {
            let mut query = QueryBuilder::<Sql>::new(SETTLE);
            query.push_values(&settled[piece], |mut row, (order_id, index, warehouse_id)| {
                row.push_bind(*order_id).push_bind(*index).push_bind(*warehouse_id);
            });
            query.push(")").build().execute(c).await?;
        });
    }
    Ok(())
}

/// How many rows are in flight.
pub async fn count(source: impl Into<Source<'_>>) -> StoreResult<i64> {
    let mut conn = source.into().open().await?;
    on!(conn, c => sqlx::query(COUNT).fetch_one(c).await?.int("movements"))
}

/// Orders after `after` that an older book may have in flight: not read back yet, or received since
/// `since`.
pub async fn to_seed(
    source: impl Into<Source<'_>>,
    after: i64,
    since: Timestamp,
    limit: usize,
) -> StoreResult<Vec<i64>> {
    let mut conn = source.into().open().await?;
    on!(conn, c => {
        let query = sqlx::query(SEED).bind(after).bind(since.micros()).bind(engine::limit(limit));
        let rows = query.fetch_all(c).await?;
        rows.iter().map(|row| row.int("order_id")).collect()
    })
}
