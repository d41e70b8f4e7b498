//! What somebody asks of the process that is at work on the book, and its answer.

use daybook_domain::Timestamp;

use crate::{
    Source, StoreResult, Tx,
    engine::{Cells, FromCells, one},
};

sql! {
    ASK = "INSERT INTO asked (id, asked_at, wanted) VALUES ($1, $2, $3)";
    NEXT = "SELECT id, asked_at, wanted, taken_at, done_at, answer FROM asked \
            WHERE done_at IS NULL ORDER BY asked_at, id LIMIT 1";
    GET = "SELECT id, asked_at, wanted, taken_at, done_at, answer FROM asked WHERE id = $1";
    TAKE = "UPDATE asked SET taken_at = $2 WHERE id = $1 AND done_at IS NULL";
    ANSWER = "UPDATE asked SET done_at = $2, answer = $3 WHERE id = $1 AND done_at IS NULL";
    FORGET = "DELETE FROM asked WHERE done_at IS NOT NULL AND done_at < $1";
}

/// What was asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AskedRow {
    /// Its id.
    pub id: String,
    /// When.
    pub asked_at: Timestamp,
    /// What, as JSON.
    pub wanted: String,
    /// When somebody began with it, the last time.
    pub taken_at: Option<Timestamp>,
    /// When it was answered.
    pub done_at: Option<Timestamp>,
    /// The answer, as JSON.
    pub answer: Option<String>,
}

impl FromCells for AskedRow {
    fn read(row: &impl Cells) -> StoreResult<Self> {
        Ok(Self {
            id: row.text("id")?,
            asked_at: row.time("asked_at")?,
            wanted: row.text("wanted")?,
            taken_at: row.opt_time("taken_at")?,
            done_at: row.opt_time("done_at")?,
            answer: row.opt_text("answer")?,
        })
    }
}

/// Asks.
pub async fn ask(tx: &mut Tx, now: Timestamp, id: &str, wanted: &str) -> StoreResult<()> {
    on!(tx, c => {
        sqlx::query(ASK).bind(id).bind(now.micros()).bind(wanted).execute(c).await?;
    });
    Ok(())
}

/// The oldest that has no answer.
pub async fn next(source: impl Into<Source<'_>>) -> StoreResult<Option<AskedRow>> {
    let mut conn = source.into().open().await?;
    on!(conn, c => one(sqlx::query(NEXT).fetch_optional(c).await?.as_ref()))
}

/// One of them.
pub async fn get(source: impl Into<Source<'_>>, id: &str) -> StoreResult<Option<AskedRow>> {
    let mut conn = source.into().open().await?;
    on!(conn, c => one(sqlx::query(GET).bind(id).fetch_optional(c).await?.as_ref()))
}

/// Somebody begins with it.
pub async fn take(tx: &mut Tx, now: Timestamp, id: &str) -> StoreResult<()> {
    on!(tx, c => {
        sqlx::query(TAKE).bind(id).bind(now.micros()).execute(c).await?;
    });
    Ok(())
}

/// The answer; the first one counts.
pub async fn answer(tx: &mut Tx, now: Timestamp, id: &str, answer: &str) -> StoreResult<()> {
    on!(tx, c => {
        sqlx::query(ANSWER).bind(id).bind(now.micros()).bind(answer).execute(c).await?;
    });
    Ok(())
}

/// Forgets what was answered before a moment.
pub async fn forget(tx: &mut Tx, before: Timestamp) -> StoreResult<()> {
    on!(tx, c => {
        sqlx::query(FORGET).bind(before.micros()).execute(c).await?;
    });
    Ok(())
}
