//! Sitoo's events: durable before they are answered, harmless when they come again.

use daybook_domain::Timestamp;
use sqlx::{QueryBuilder, Row};

use crate::{
    Source, StoreResult, Tx,
    engine::{self, Cells, FromCells, all, pieces},
};

sql! {
    DUE = "SELECT event_id, received_at, event_type, order_id, tries FROM inbox \
           WHERE handled_at IS NULL AND due_at <= $1 ORDER BY due_at, event_id LIMIT $2";
    BODY = "SELECT body FROM inbox WHERE event_id = $1";
    WAITING = "SELECT CAST(count(*) AS BIGINT) AS waiting FROM inbox WHERE handled_at IS NULL";
    NEXT_DUE = "SELECT min(due_at) AS due FROM inbox WHERE handled_at IS NULL";
    PRUNE = "DELETE FROM inbox WHERE handled_at IS NOT NULL AND handled_at < $1";
}

const RECEIVE: &str = "INSERT INTO inbox (event_id, received_at, event_type, order_id, body, \
    due_at, tries) ";
const UNLESS_THERE: &str = " ON CONFLICT (event_id) DO NOTHING";
const HANDLED: &str = "UPDATE inbox SET handled_at = ";
const AGAIN: &str = "UPDATE inbox SET tries = tries + 1, due_at = ";

/// An event as it came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewEvent {
    /// The key that makes repeats harmless.
    pub event_id: String,
    /// What kind; unknown kinds are kept too.
    pub event_type: String,
    /// The order it concerns, if one.
    pub order_id: Option<i64>,
    /// Its text.
    pub body: String,
}

/// An event that waits for its order to be fetched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InboxEvent {
    /// Its key.
    pub event_id: String,
    /// When it came.
    pub received_at: Timestamp,
    /// What kind.
    pub event_type: String,
    /// The order it concerns, if one.
    pub order_id: Option<i64>,
    /// How often it was tried.
    pub tries: i64,
}

impl FromCells for InboxEvent {
    fn read(row: &impl Cells) -> StoreResult<Self> {
        Ok(Self {
            event_id: row.text("event_id")?,
            received_at: row.time("received_at")?,
            event_type: row.text("event_type")?,
            order_id: row.opt_int("order_id")?,
            tries: row.int("tries")?,
        })
    }
}

/// Writes events down; returns how many were new.
pub async fn receive(tx: &mut Tx, now: Timestamp, events: &[NewEvent]) -> StoreResult<u64> {
    // In one order everywhere, so that two receivers never wait for each other in a circle.
    let mut events: Vec<&NewEvent> = events.iter().collect();
    events.sort_by(|a, b| a.event_id.cmp(&b.event_id));
    events.dedup_by(|a, b| a.event_id == b.event_id);
    let mut new = 0;
    for piece in pieces(events.len()) {
        new += on!(tx, c => {
            let mut query = QueryBuilder::<Sql>::new(RECEIVE);
            query.push_values(&events[piece], |mut row, event| {
                row.push_bind(event.event_id.as_str()).push_bind(now.micros());
                row.push_bind(event.event_type.as_str()).push_bind(event.order_id);
                row.push_bind(event.body.as_str()).push_bind(now.micros()).push_bind(0_i64);
            });
            query.push(UNLESS_THERE).build().execute(c).await?.rows_affected()
        });
    }
    Ok(new)
}

/// Events that are due, the longest due first.
pub async fn due(
    source: impl Into<Source<'_>>,
    now: Timestamp,
    limit: usize,
) -> StoreResult<Vec<InboxEvent>> {
    let mut conn = source.into().open().await?;
    on!(conn, c => {
        let query = sqlx::query(DUE).bind(now.micros()).bind(engine::limit(limit));
        all(&query.fetch_all(c).await?)
    })
}

/// An event's text.
pub async fn body(source: impl Into<Source<'_>>, event_id: &str) -> StoreResult<Option<String>> {
    let mut conn = source.into().open().await?;
    on!(conn, c => {
        let row = sqlx::query(BODY).bind(event_id).fetch_optional(c).await?;
        Ok(row.map(|row| row.try_get("body")).transpose()?)
    })
}

/// Notes that nothing more is to be done about these events.
pub async fn handled(tx: &mut Tx, now: Timestamp, event_ids: &[String]) -> StoreResult<()> {
    touch(tx, HANDLED, now, event_ids).await
}

/// Notes that these events could not be handled yet, and when to try again.
pub async fn again(tx: &mut Tx, event_ids: &[String], due: Timestamp) -> StoreResult<()> {
    touch(tx, AGAIN, due, event_ids).await
}

async fn touch(
    tx: &mut Tx,
    update: &'static str,
    moment: Timestamp,
    event_ids: &[String],
) -> StoreResult<()> {
    for piece in pieces(event_ids.len()) {
        on!(tx, c => {
            let mut query = QueryBuilder::<Sql>::new(update);
            query.push_bind(moment.micros()).push(" WHERE event_id IN (");
            let mut list = query.separated(", ");
            for id in &event_ids[piece] {
                list.push_bind(id.as_str());
            }
            query.push(")").build().execute(c).await?;
        });
    }
    Ok(())
}

/// How many events wait.
pub async fn waiting(source: impl Into<Source<'_>>) -> StoreResult<i64> {
    let mut conn = source.into().open().await?;
    on!(conn, c => sqlx::query(WAITING).fetch_one(c).await?.int("waiting"))
}

/// When the next event is due.
pub async fn next_due(source: impl Into<Source<'_>>) -> StoreResult<Option<Timestamp>> {
    let mut conn = source.into().open().await?;
    on!(conn, c => sqlx::query(NEXT_DUE).fetch_one(c).await?.opt_time("due"))
}

/// Removes events handled before `before`; returns how many went. The orders they named stay.
pub async fn prune(tx: &mut Tx, before: Timestamp) -> StoreResult<u64> {
    Ok(on!(tx, c => sqlx::query(PRUNE).bind(before.micros()).execute(c).await?.rows_affected()))
}
