//! What was decided about a SKU in a store, when and why.

use std::collections::BTreeMap;

use daybook_domain::{Quantity, Timestamp, stock::Why};
use schemars::JsonSchema;
use serde::Serialize;
use sqlx::QueryBuilder;

use crate::{
    Source, StoreResult, Tx,
    engine::{self, Cells, FromCells, all, one, pieces},
};

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT warehouse_id, folded, at, sku, level, reserved, free, in_flight, buffer, \
             target, why FROM stock_history ",
            $rest
        )
    };
}

sql! {
    OF_SKU = select!("WHERE folded = $1 ORDER BY at DESC LIMIT $2");
    OF_SKU_IN = select!("WHERE warehouse_id = $1 AND folded = $2 ORDER BY at DESC LIMIT $3");
    LATEST = select!("WHERE warehouse_id = $1 AND folded = $2 AND ($3 = '' OR sku = $3) \
                      ORDER BY at DESC LIMIT 1");
    SAMPLES = "SELECT in_flight FROM stock_history WHERE warehouse_id = $1 AND folded = $2 \
               AND at >= $3";
    PRUNE = "DELETE FROM stock_history WHERE at < $1";
}

const ADD: &str = "INSERT INTO stock_history (warehouse_id, folded, at, sku, level, reserved, \
    free, in_flight, buffer, target, why) ";
const ADD_UP: &str = " ON CONFLICT (warehouse_id, folded, at) DO UPDATE SET sku = excluded.sku, \
    level = excluded.level, reserved = excluded.reserved, free = excluded.free, \
    in_flight = excluded.in_flight, buffer = excluded.buffer, target = excluded.target, \
    why = excluded.why";

/// One decision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct HistoryRow {
    /// Warehouse of Sitoo.
    pub warehouse_id: i64,
    /// Folded SKU.
    #[serde(skip)]
    pub folded: String,
    /// When.
    pub at: Timestamp,
    /// In Sitoo's spelling.
    pub sku: String,
    /// What Sitoo had.
    pub level: Quantity,
    /// What was reserved of it in Sitoo.
    pub reserved: Quantity,
    /// What OrderWise said is free.
    pub free: Quantity,
    /// Sold and not for certain inside it.
    pub in_flight: Quantity,
    /// What was held back.
    pub buffer: Quantity,
    /// What Sitoo should have.
    pub target: Quantity,
    /// Why it was looked at, and why the level was different.
    pub why: Why,
}

impl HistoryRow {
    /// Whether the till was left with more than the sum: it was right whether OrderWise's figure has
    /// what is very likely in it, or not.
    pub fn left_in_doubt(&self) -> bool {
        let sum = self.free - self.in_flight - self.buffer;
        self.target == self.level && self.target > sum.max(Quantity::ZERO)
    }
}

impl FromCells for HistoryRow {
    fn read(row: &impl Cells) -> StoreResult<Self> {
        Ok(Self {
            warehouse_id: row.int("warehouse_id")?,
            folded: row.text("folded")?,
            at: row.time("at")?,
            sku: row.text("sku")?,
            level: row.quantity("level")?,
            reserved: row.quantity("reserved")?,
            free: row.quantity("free")?,
            in_flight: row.quantity("in_flight")?,
            buffer: row.quantity("buffer")?,
            target: row.quantity("target")?,
            why: row.word("why")?,
        })
    }
}

/// Adds decisions; of two about one SKU and store at one moment the last counts.
pub async fn add(tx: &mut Tx, rows: &[HistoryRow]) -> StoreResult<()> {
    let rows: BTreeMap<_, _> =
        rows.iter().map(|row| ((row.warehouse_id, row.folded.as_str(), row.at), row)).collect();
    let rows: Vec<&HistoryRow> = rows.into_values().collect();
    for piece in pieces(rows.len()) {
        on!(tx, c => {
            let mut query = QueryBuilder::<Sql>::new(ADD);
            query.push_values(&rows[piece], |mut cells, row| {
                cells.push_bind(row.warehouse_id).push_bind(row.folded.as_str());
                cells.push_bind(row.at.micros()).push_bind(row.sku.as_str());
                for quantity in
                    [row.level, row.reserved, row.free, row.in_flight, row.buffer, row.target]
                {
                    cells.push_bind(quantity.thousandths());
                }
                cells.push_bind(row.why.word());
            });
            query.push(ADD_UP).build().execute(c).await?;
        });
    }
    Ok(())
}

/// The latest decision about a SKU of OrderWise in a store: about any of the till's products that are
/// it, or about the one that Sitoo spells so.
pub async fn latest(
    source: impl Into<Source<'_>>,
    warehouse_id: i64,
    folded: &str,
    sku: Option<&str>,
) -> StoreResult<Option<HistoryRow>> {
    let mut conn = source.into().open().await?;
    on!(conn, c => {
        let query = sqlx::query(LATEST).bind(warehouse_id).bind(folded).bind(sku.unwrap_or_default());
        one(query.fetch_optional(c).await?.as_ref())
    })
}

/// Decisions about a SKU, in one store or in all, the latest first.
pub async fn of_sku(
    source: impl Into<Source<'_>>,
    folded: &str,
    warehouse_id: Option<i64>,
    limit: usize,
) -> StoreResult<Vec<HistoryRow>> {
    let mut conn = source.into().open().await?;
    let limit = engine::limit(limit);
    on!(conn, c => {
        let rows = match warehouse_id {
            Some(id) => {
                sqlx::query(OF_SKU_IN).bind(id).bind(folded).bind(limit).fetch_all(c).await?
            }
            None => sqlx::query(OF_SKU).bind(folded).bind(limit).fetch_all(c).await?,
        };
        all(&rows)
    })
}

/// What was in flight at each decision since `since`.
pub async fn in_flight_since(
    source: impl Into<Source<'_>>,
    warehouse_id: i64,
    folded: &str,
    since: Timestamp,
) -> StoreResult<Vec<Quantity>> {
    let mut conn = source.into().open().await?;
    on!(conn, c => {
        let query = sqlx::query(SAMPLES).bind(warehouse_id).bind(folded).bind(since.micros());
        query.fetch_all(c).await?.iter().map(|row| row.quantity("in_flight")).collect()
    })
}

/// Forgets decisions before `before`.
pub async fn prune(tx: &mut Tx, before: Timestamp) -> StoreResult<u64> {
    Ok(on!(tx, c => sqlx::query(PRUNE).bind(before.micros()).execute(c).await?.rows_affected()))
}
