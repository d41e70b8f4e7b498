//! How far something has been read, and which order ids are missing below that. A watermark moves
//! in the transaction that stores what was read.

use daybook_domain::Timestamp;
use sqlx::{QueryBuilder, Row};

use crate::{
    Source, StoreResult, Tx,
    engine::{self, Cells, padded, pieces},
};

sql! {
    GET = "SELECT value FROM watermark WHERE name = $1";
    SET = "INSERT INTO watermark (name, value, updated_at) VALUES ($1, $2, $3) \
           ON CONFLICT (name) DO UPDATE SET value = excluded.value, \
           updated_at = excluded.updated_at";
    BUMP = "INSERT INTO watermark (name, value, updated_at) VALUES ($1, 1, $2) \
            ON CONFLICT (name) DO UPDATE SET value = watermark.value + 1, \
            updated_at = excluded.updated_at";
    UPDATED_AT = "SELECT updated_at FROM watermark WHERE name = $1";
    DUE_MISSING = "SELECT order_id FROM missing WHERE given_up_at IS NULL AND next_ask_at <= $1 \
                   ORDER BY next_ask_at, order_id LIMIT $2";
    ASK_NOW = "UPDATE missing SET next_ask_at = $1 \
               WHERE given_up_at IS NULL AND next_ask_at > $1";
    GIVE_UP = "UPDATE missing SET given_up_at = $1 WHERE given_up_at IS NULL \
               AND first_missed_at < $2 RETURNING order_id";
    MISSING = "SELECT CAST(count(*) AS BIGINT) AS asked, min(first_missed_at) AS oldest, \
               max(first_missed_at) AS newest \
               FROM missing WHERE given_up_at IS NULL";
    GAPS = "SELECT CAST(count(*) AS BIGINT) AS gaps FROM missing WHERE given_up_at IS NOT NULL";
    NEXT_ASK = "SELECT min(next_ask_at) AS due FROM missing WHERE given_up_at IS NULL";
}

const NOTE: &str = "INSERT INTO missing (order_id, first_missed_at, next_ask_at, asks) ";
const FOUND: &str = "DELETE FROM missing WHERE order_id IN (";
const ASKED: &str = "UPDATE missing SET asks = asks + 1, next_ask_at = ";

/// The value of a watermark; none before it was first set.
pub async fn get(source: impl Into<Source<'_>>, name: &str) -> StoreResult<Option<i64>> {
    let mut conn = source.into().open().await?;
    on!(conn, c => {
        let row = sqlx::query(GET).bind(name).fetch_optional(c).await?;
        Ok(row.map(|row| row.try_get("value")).transpose()?)
    })
}

/// When a watermark was last set.
pub async fn updated_at(
    source: impl Into<Source<'_>>,
    name: &str,
) -> StoreResult<Option<Timestamp>> {
    let mut conn = source.into().open().await?;
    on!(conn, c => {
        let row = sqlx::query(UPDATED_AT).bind(name).fetch_optional(c).await?;
        row.map(|row| row.time("updated_at")).transpose()
    })
}

/// Sets a watermark.
pub async fn set(tx: &mut Tx, now: Timestamp, name: &str, value: i64) -> StoreResult<()> {
    on!(tx, c => {
        sqlx::query(SET).bind(name).bind(value).bind(now.micros()).execute(c).await?;
    });
    Ok(())
}

/// Counts a watermark up by one.
pub(crate) async fn bump(tx: &mut Tx, now: Timestamp, name: &str) -> StoreResult<()> {
    on!(tx, c => {
        sqlx::query(BUMP).bind(name).bind(now.micros()).execute(c).await?;
    });
    Ok(())
}

/// Remembers ids that were not there; those that are remembered already keep their age.
pub async fn note_missing(
    tx: &mut Tx,
    now: Timestamp,
    order_ids: &[i64],
    next_ask: Timestamp,
) -> StoreResult<()> {
    for piece in pieces(order_ids.len()) {
        on!(tx, c => {
            let mut query = QueryBuilder::<Sql>::new(NOTE);
            query.push_values(&order_ids[piece], |mut row, id| {
                row.push_bind(*id).push_bind(now.micros()).push_bind(next_ask.micros());
                row.push_bind(0_i64);
            });
            query.push(" ON CONFLICT (order_id) DO NOTHING").build().execute(c).await?;
        });
    }
    Ok(())
}

/// Forgets ids that have turned up, also those given up before.
pub async fn found(tx: &mut Tx, order_ids: &[i64]) -> StoreResult<()> {
    for ids in order_ids.chunks(1_024) {
        on!(tx, c => {
            let mut query = QueryBuilder::<Sql>::new(FOUND);
            let mut list = query.separated(", ");
            for id in padded(ids) {
                list.push_bind(id);
            }
            query.push(")").build().execute(c).await?;
        });
    }
    Ok(())
}

/// Makes every missing id due, whenever it was last asked for.
pub async fn ask_now(tx: &mut Tx, now: Timestamp) -> StoreResult<()> {
    on!(tx, c => {
        sqlx::query(ASK_NOW).bind(now.micros()).execute(c).await?;
    });
    Ok(())
}

/// Missing ids that are due to be asked for again.
pub async fn due_missing(
    source: impl Into<Source<'_>>,
    now: Timestamp,
    limit: usize,
) -> StoreResult<Vec<i64>> {
    let mut conn = source.into().open().await?;
    on!(conn, c => {
        let query = sqlx::query(DUE_MISSING).bind(now.micros()).bind(engine::limit(limit));
        query.fetch_all(c).await?.iter().map(|row| row.int("order_id")).collect()
    })
}

/// Notes that ids were asked for and when to ask again.
pub async fn asked(tx: &mut Tx, order_ids: &[i64], next_ask: Timestamp) -> StoreResult<()> {
    for ids in order_ids.chunks(1_024) {
        on!(tx, c => {
            let mut query = QueryBuilder::<Sql>::new(ASKED);
            query.push_bind(next_ask.micros()).push(" WHERE order_id IN (");
            let mut list = query.separated(", ");
            for id in padded(ids) {
                list.push_bind(id);
            }
            query.push(")").build().execute(c).await?;
        });
    }
    Ok(())
}

/// Gives up ids first missed before `before`: gaps for good. Returns them, each only once.
pub async fn give_up(tx: &mut Tx, now: Timestamp, before: Timestamp) -> StoreResult<Vec<i64>> {
    let mut ids: Vec<i64> = on!(tx, c => {
        let query = sqlx::query(GIVE_UP).bind(now.micros()).bind(before.micros());
        let rows = query.fetch_all(c).await?;
        rows.iter().map(|row| row.int("order_id")).collect::<StoreResult<_>>()?
    });
    ids.sort_unstable();
    Ok(ids)
}

/// How many ids are missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Missing {
    /// Still asked for.
    pub asked: i64,
    /// When the oldest of those was first missed.
    pub oldest: Option<Timestamp>,
    /// When the newest of those was.
    pub newest: Option<Timestamp>,
    /// Given up: gaps for good.
    pub gaps: i64,
}

/// How many ids are missing.
pub async fn missing(source: impl Into<Source<'_>>) -> StoreResult<Missing> {
    let mut conn = source.into().open().await?;
    on!(conn, c => {
        let open = sqlx::query(MISSING).fetch_one(&mut *c).await?;
        let gaps = sqlx::query(GAPS).fetch_one(&mut *c).await?;
        let (oldest, newest) = (open.opt_time("oldest")?, open.opt_time("newest")?);
        Ok(Missing { asked: open.int("asked")?, oldest, newest, gaps: gaps.int("gaps")? })
    })
}

/// When the next missing id is due to be asked for.
pub async fn next_ask(source: impl Into<Source<'_>>) -> StoreResult<Option<Timestamp>> {
    let mut conn = source.into().open().await?;
    on!(conn, c => sqlx::query(NEXT_ASK).fetch_one(c).await?.opt_time("due"))
}

/// How many ids are still asked for.
pub async fn missing_count(source: impl Into<Source<'_>>) -> StoreResult<i64> {
    Ok(missing(source).await?.asked)
}
