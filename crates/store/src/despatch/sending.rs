//! Posted orders of which OrderWise sends something, until both sides are at their end.

use std::collections::HashMap;

use daybook_domain::{
    Timestamp,
    despatch::{PostedLine, StatusMeaning},
};
use serde::Serialize;
use sqlx::QueryBuilder;

use crate::{
    Source, StoreResult, Tx,
    engine::{self, Cells, FromCells, all, one, padded, pieces},
    supply::{from_json, to_json},
};

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT order_id, lines, begun_at, moved_at, status, meaning, noted, verdict, due_at, \
             looked_at, ended_at FROM sending ",
            $rest
        )
    };
}

sql! {
    /// A try that comes after another one tells the lines anew.
    BEGIN = "INSERT INTO sending (order_id, lines, begun_at, moved_at, noted, verdict, due_at) \
             VALUES ($1, $2, $3, $3, 0, 'going', $4) ON CONFLICT (order_id) DO UPDATE SET \
             lines = excluded.lines, moved_at = excluded.moved_at, due_at = excluded.due_at";
    GET = select!("WHERE order_id = $1");
    DUE = select!("WHERE ended_at IS NULL AND due_at <= $1 ORDER BY due_at, order_id LIMIT $2");
    GOING = select!("WHERE ended_at IS NULL AND order_id > $1 ORDER BY order_id LIMIT $2");
    LIST = select!("WHERE order_id > $1 ORDER BY order_id LIMIT $2");
    WITH_STATUS = select!("WHERE ended_at IS NULL AND status = $1 ORDER BY order_id LIMIT $2");
    UNEXPLAINED = "SELECT DISTINCT status FROM sending WHERE ended_at IS NULL \
                   AND status IS NOT NULL AND meaning IS NULL ORDER BY status LIMIT 200";
    SAVE = "UPDATE sending SET moved_at = $2, status = $3, meaning = $4, noted = $5, \
            verdict = $6, due_at = $7, looked_at = $8, ended_at = $9 WHERE order_id = $1";
}

const OF: &str = select!("WHERE order_id IN (");
const BY_DOCUMENT: &str = "SELECT e.order_id, e.erp_order_id FROM entry AS e \
    JOIN sending AS s ON s.order_id = e.order_id WHERE e.erp_order_id IS NOT NULL \
    AND e.erp_order_number IN (";
const WAKE: &str = "UPDATE sending SET due_at = ";

/// A followed order as the book holds it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SendingRow {
    /// The entry.
    pub order_id: i64,
    /// The lines of the document as they were posted.
    pub lines: Vec<PostedLine>,
    /// When it was (first) posted.
    pub begun_at: Timestamp,
    /// When anything about it last moved.
    pub moved_at: Timestamp,
    /// OrderWise's status text, as it was last told.
    pub status: Option<String>,
    /// What that means; none while nobody has explained the text.
    pub meaning: Option<StatusMeaning>,
    /// How many items of Sitoo's order log the timeline has.
    pub noted: i64,
    /// What the last look came to.
    pub verdict: String,
    /// When both sides are looked at next.
    pub due_at: Option<Timestamp>,
    /// When Sitoo was last looked at.
    pub looked_at: Option<Timestamp>,
    /// When both sides were at their end.
    pub ended_at: Option<Timestamp>,
}

impl FromCells for SendingRow {
    fn read(row: &impl Cells) -> StoreResult<Self> {
        let meaning = row.opt_text("meaning")?;
        Ok(Self {
            order_id: row.int("order_id")?,
            lines: from_json(&row.text("lines")?)?,
            begun_at: row.time("begun_at")?,
            moved_at: row.time("moved_at")?,
            status: row.opt_text("status")?,
            meaning: meaning.and_then(|word| word.parse().ok()),
            noted: row.int("noted")?,
            verdict: row.text("verdict")?,
            due_at: row.opt_time("due_at")?,
            looked_at: row.opt_time("looked_at")?,
            ended_at: row.opt_time("ended_at")?,
        })
    }
}

/// An order is about to be posted of which OrderWise will send something.
pub async fn begin(
    tx: &mut Tx,
    now: Timestamp,
    order_id: i64,
    lines: &[PostedLine],
    due: Timestamp,
) -> StoreResult<()> {
    let lines = to_json(&lines)?;
    on!(tx, c => {
        let query = sqlx::query(BEGIN).bind(order_id).bind(lines).bind(now.micros());
        query.bind(due.micros()).execute(c).await?;
    });
    Ok(())
}

/// One order.
pub async fn get(source: impl Into<Source<'_>>, order_id: i64) -> StoreResult<Option<SendingRow>> {
    let mut conn = source.into().open().await?;
    on!(conn, c => one(sqlx::query(GET).bind(order_id).fetch_optional(c).await?.as_ref()))
}

/// Those of `order_ids` that are or were followed, locked if read inside a transaction's scope.
pub async fn of(source: impl Into<Source<'_>>, order_ids: &[i64]) -> StoreResult<Vec<SendingRow>> {
    let mut found = Vec::new();
    if order_ids.is_empty() {
        return Ok(found);
    }
    let mut conn = source.into().open().await?;
    for ids in order_ids.chunks(1_024) {
        let rows: Vec<SendingRow> = on!(conn, c => {
            let mut query = QueryBuilder::<Sql>::new(OF);
            let mut list = query.separated(", ");
            for id in padded(ids) {
                list.push_bind(id);
            }
            all(&query.push(") ORDER BY order_id").build().fetch_all(c).await?)?
        });
        found.extend(rows);
    }
    Ok(found)
}

async fn some(
    source: impl Into<Source<'_>>,
    statement: &'static str,
    first: i64,
    limit: usize,
) -> StoreResult<Vec<SendingRow>> {
    let mut conn = source.into().open().await?;
    on!(conn, c => {
        let query = sqlx::query(statement).bind(first).bind(engine::limit(limit));
        all(&query.fetch_all(c).await?)
    })
}

/// Followed orders by OrderWise's id and number of their document, for what bears no reference
/// of ours.
pub async fn by_document(
    source: impl Into<Source<'_>>,
    documents: &[(i64, String)],
) -> StoreResult<HashMap<i64, i64>> {
    let mut found = HashMap::new();
    if documents.is_empty() {
        return Ok(found);
    }
    let mut conn = source.into().open().await?;
    for piece in pieces(documents.len()) {
        let rows: StoreResult<Vec<(i64, i64)>> = on!(conn, c => {
            let mut query = QueryBuilder::<Sql>::new(BY_DOCUMENT);
            let mut list = query.separated(", ");
            for (_, number) in &documents[piece] {
                list.push_bind(number.as_str());
            }
            let rows = query.push(")").build().fetch_all(c).await?;
            rows.iter().map(|row| Ok((row.int("erp_order_id")?, row.int("order_id")?))).collect()
        });
        found.extend(rows?);
    }
    Ok(found)
}

/// Orders both of whose sides are to be looked at, the longest due first.
pub async fn due(
    source: impl Into<Source<'_>>,
    now: Timestamp,
    limit: usize,
) -> StoreResult<Vec<SendingRow>> {
    some(source, DUE, now.micros(), limit).await
}

/// Orders that are followed, after order id `after`; with `ended`, those that are at their end too.
pub async fn list(
    source: impl Into<Source<'_>>,
    ended: bool,
    after: i64,
    limit: usize,
) -> StoreResult<Vec<SendingRow>> {
    some(source, if ended { LIST } else { GOING }, after, limit).await
}

/// Followed orders with this status text.
pub async fn with_status(
    source: impl Into<Source<'_>>,
    status: &str,
    limit: usize,
) -> StoreResult<Vec<SendingRow>> {
    let mut conn = source.into().open().await?;
    on!(conn, c => {
        let query = sqlx::query(WITH_STATUS).bind(status).bind(engine::limit(limit));
        all(&query.fetch_all(c).await?)
    })
}

/// Status texts of followed orders that nobody has explained.
pub async fn unexplained(source: impl Into<Source<'_>>) -> StoreResult<Vec<String>> {
    let mut conn = source.into().open().await?;
    on!(conn, c => {
        sqlx::query(UNEXPLAINED).fetch_all(c).await?.iter().map(|row| row.text("status")).collect()
    })
}

/// Writes everything that may change.
pub async fn save(tx: &mut Tx, row: &SendingRow) -> StoreResult<()> {
    let micros = |moment: Option<Timestamp>| moment.map(Timestamp::micros);
    on!(tx, c => {
        sqlx::query(SAVE)
            .bind(row.order_id)
            .bind(row.moved_at.micros())
            .bind(row.status.as_deref())
            .bind(row.meaning.map(StatusMeaning::word))
            .bind(row.noted)
            .bind(row.verdict.as_str())
            .bind(micros(row.due_at))
            .bind(micros(row.looked_at))
            .bind(micros(row.ended_at))
            .execute(c)
            .await?;
    });
    Ok(())
}

/// Makes those of `order_ids` that are followed due at `due`. Returns how many.
pub async fn wake(tx: &mut Tx, order_ids: &[i64], due: Timestamp) -> StoreResult<u64> {
    let mut woken = 0;
    for ids in order_ids.chunks(1_024) {
        woken += on!(tx, c => {
            let mut query = QueryBuilder::<Sql>::new(WAKE);
            query.push_bind(due.micros()).push(" WHERE ended_at IS NULL AND order_id IN (");
            let mut list = query.separated(", ");
            for id in padded(ids) {
                list.push_bind(id);
            }
            query.push(")").build().execute(c).await?.rows_affected()
        });
    }
    Ok(woken)
}
