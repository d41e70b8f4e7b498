//! Entries by store: what a glance at all stores needs.

use daybook_domain::{Money, Timestamp, entry::EntryState};

use crate::{
    Source, StoreResult,
    engine::{Cells, FromCells, all},
};

sql! {
    /// Whole hours since `$1`: both engines cut integers alike.
    HOURS = "SELECT warehouse_id, (order_date - $1) / 3600000000 AS hour, \
             CAST(count(*) AS BIGINT) AS entries, CAST(sum(gross) AS BIGINT) AS gross, \
             max(order_date) AS latest FROM entry WHERE order_date >= $1 AND order_date < $2 \
             AND warehouse_id IS NOT NULL AND kind IN ('sale', 'return') \
             GROUP BY warehouse_id, (order_date - $1) / 3600000000 ORDER BY warehouse_id, hour";
    LATEST = "SELECT max(order_date) AS latest FROM entry WHERE order_date <= $1";
    FIRST = "SELECT order_date FROM entry WHERE order_id >= $1 ORDER BY order_id LIMIT 1";
    UNFINISHED = "SELECT warehouse_id, state, CAST(count(*) AS BIGINT) AS entries, \
                  CAST(sum(abs(gross)) AS BIGINT) AS gross, currency, \
                  min(received_at) AS oldest FROM entry \
                  WHERE state IN ('waiting', 'ready', 'posting', 'in-doubt', 'held') \
                  AND state IN ('waiting', 'ready', 'posting', 'in-doubt', 'held', 'posted') \
                  GROUP BY warehouse_id, state, currency";
}

/// An hour of a store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HourRow {
    /// The store.
    pub warehouse_id: i64,
    /// Hours since the beginning that was asked for.
    pub hour: i64,
    /// Sales and returns.
    pub entries: i64,
    /// Their gross, returns negative.
    pub gross: Money,
    /// The latest of them, by the till.
    pub latest: Timestamp,
}

impl FromCells for HourRow {
    fn read(row: &impl Cells) -> StoreResult<Self> {
        Ok(Self {
            warehouse_id: row.int("warehouse_id")?,
            hour: row.int("hour")?,
            entries: row.int("entries")?,
            gross: row.money("gross")?,
            latest: row.time("latest")?,
        })
    }
}

/// What a store still owes OrderWise, in one state and currency.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwedRow {
    /// The store; none for orders that no store made.
    pub warehouse_id: Option<i64>,
    /// The state.
    pub state: EntryState,
    /// How many entries.
    pub entries: i64,
    /// Their gross, without signs.
    pub gross: Money,
    /// Its currency; empty where the till's word cannot be read.
    pub currency: String,
    /// When the oldest of them was written down.
    pub oldest: Timestamp,
}

impl FromCells for OwedRow {
    fn read(row: &impl Cells) -> StoreResult<Self> {
        Ok(Self {
            warehouse_id: row.opt_int("warehouse_id")?,
            state: row.word("state")?,
            entries: row.int("entries")?,
            gross: row.money("gross")?,
            currency: row.text("currency")?,
            oldest: row.time("oldest")?,
        })
    }
}

/// Sales and returns by store and hour, from `from` on and before `to`, by the tills' clocks.
pub async fn hours(
    source: impl Into<Source<'_>>,
    (from, to): (Timestamp, Timestamp),
) -> StoreResult<Vec<HourRow>> {
    let mut conn = source.into().open().await?;
    on!(conn, c => {
        let query = sqlx::query(HOURS).bind(from.micros()).bind(to.micros());
        all(&query.fetch_all(c).await?)
    })
}

/// When the latest order up to `now` happened.
pub async fn latest_date(
    source: impl Into<Source<'_>>,
    now: Timestamp,
) -> StoreResult<Option<Timestamp>> {
    let mut conn = source.into().open().await?;
    on!(conn, c => {
        let row = sqlx::query(LATEST).bind(now.micros()).fetch_one(c).await?;
        row.opt_time("latest")
    })
}

/// When the first order from an id on was made, by the till; none where the book holds none.
pub async fn first_date(
    source: impl Into<Source<'_>>,
    from: i64,
) -> StoreResult<Option<Timestamp>> {
    let mut conn = source.into().open().await?;
    on!(conn, c => {
        let row = sqlx::query(FIRST).bind(from).fetch_optional(c).await?;
        row.map(|row| row.time("order_date")).transpose()
    })
}

/// What is owed to OrderWise, by store and state.
pub async fn owed(source: impl Into<Source<'_>>) -> StoreResult<Vec<OwedRow>> {
    let mut conn = source.into().open().await?;
    on!(conn, c => all(&sqlx::query(UNFINISHED).fetch_all(c).await?))
}
