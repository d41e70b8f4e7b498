//! What Sitoo's deliveries say of orders whose goods do not all leave at the till.

use std::collections::HashMap;

use daybook_domain::{Timestamp, supply::OrderDelivery};
use sqlx::QueryBuilder;

use crate::{
    Source, StoreError, StoreResult, Tx,
    engine::{self, Cells, FromCells, all, padded},
};

sql! {
    WANT = "INSERT INTO supply (order_id, due_at) VALUES ($1, $2) \
            ON CONFLICT (order_id) DO UPDATE SET due_at = excluded.due_at, deliveries = NULL, \
            read_at = NULL";
    WANT_NEW = "INSERT INTO supply (order_id, due_at) VALUES ($1, $2) \
                ON CONFLICT (order_id) DO NOTHING";
    PUT = "UPDATE supply SET deliveries = $2, read_at = $3, due_at = NULL WHERE order_id = $1";
    AGAIN = "UPDATE supply SET due_at = $2 WHERE order_id = $1";
    DUE = "SELECT order_id FROM supply WHERE due_at IS NOT NULL AND due_at <= $1 \
           ORDER BY due_at, order_id LIMIT $2";
}

const KNOWN: &str =
    "SELECT order_id, deliveries FROM supply WHERE deliveries IS NOT NULL AND order_id IN (";

struct Known {
    order_id: i64,
    deliveries: Vec<OrderDelivery>,
}

impl FromCells for Known {
    fn read(row: &impl Cells) -> StoreResult<Self> {
        let text = row.text("deliveries")?;
        Ok(Self { order_id: row.int("order_id")?, deliveries: from_json(&text)? })
    }
}

/// Reads a text that this crate wrote.
pub(crate) fn from_json<T: serde::de::DeserializeOwned>(text: &str) -> StoreResult<T> {
    serde_json::from_str(text).map_err(StoreError::unreadable)
}

/// Writes a value for [`from_json`].
pub(crate) fn to_json<T: serde::Serialize>(value: &T) -> StoreResult<String> {
    serde_json::to_string(value).map_err(StoreError::unreadable)
}

/// The deliveries of these orders are to be read from `due` on; what was known of them is old.
pub async fn want(tx: &mut Tx, order_ids: &[i64], due: Timestamp) -> StoreResult<()> {
    for &order_id in order_ids {
        on!(tx, c => {
            sqlx::query(WANT).bind(order_id).bind(due.micros()).execute(c).await?;
        });
    }
    Ok(())
}

/// The same for orders about which nothing was asked yet.
pub async fn want_new(tx: &mut Tx, order_ids: &[i64], due: Timestamp) -> StoreResult<()> {
    for &order_id in order_ids {
        on!(tx, c => {
            sqlx::query(WANT_NEW).bind(order_id).bind(due.micros()).execute(c).await?;
        });
    }
    Ok(())
}

/// Orders whose deliveries are to be read, the longest due first.
pub async fn due(
    source: impl Into<Source<'_>>,
    now: Timestamp,
    limit: usize,
) -> StoreResult<Vec<i64>> {
    let mut conn = source.into().open().await?;
    on!(conn, c => {
        let query = sqlx::query(DUE).bind(now.micros()).bind(engine::limit(limit));
        query.fetch_all(c).await?.iter().map(|row| row.int("order_id")).collect()
    })
}

/// Keeps what was read.
pub async fn put(
    tx: &mut Tx,
    now: Timestamp,
    order_id: i64,
    deliveries: &[OrderDelivery],
) -> StoreResult<()> {
    let text = to_json(&deliveries)?;
    on!(tx, c => {
        sqlx::query(PUT).bind(order_id).bind(text).bind(now.micros()).execute(c).await?;
    });
    Ok(())
}

/// When an order's deliveries are to be read next; none: not any more.
pub async fn again(tx: &mut Tx, order_id: i64, due: Option<Timestamp>) -> StoreResult<()> {
    on!(tx, c => {
        sqlx::query(AGAIN).bind(order_id).bind(due.map(Timestamp::micros)).execute(c).await?;
    });
    Ok(())
}

/// What is known, by order; an order that is not in it has not been read.
pub async fn known(
    source: impl Into<Source<'_>>,
    order_ids: &[i64],
) -> StoreResult<HashMap<i64, Vec<OrderDelivery>>> {
    let mut found = HashMap::new();
    if order_ids.is_empty() {
        return Ok(found);
    }
    let mut conn = source.into().open().await?;
    for ids in order_ids.chunks(1_024) {
        let rows: Vec<Known> = on!(conn, c => {
            let mut query = QueryBuilder::<Sql>::new(KNOWN);
            let mut list = query.separated(", ");
            for id in padded(ids) {
                list.push_bind(id);
            }
            all(&query.push(")").build().fetch_all(c).await?)?
        });
        found.extend(rows.into_iter().map(|known| (known.order_id, known.deliveries)));
    }
    Ok(found)
}
