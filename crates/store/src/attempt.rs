//! Tries to post an entry: the intent before the call, the outcome after it. An attempt without an
//! outcome is a call of which nobody knows whether it was made.

use std::{collections::HashMap, time::Duration};

use daybook_domain::{Timestamp, class::Class};
use schemars::JsonSchema;
use serde::Serialize;
use sqlx::{QueryBuilder, Row};

use crate::{
    Source, StoreResult, Tx,
    cutover::Leave,
    engine::{Cells, FromCells, all, padded, pieces},
};

sql! {
    OF_ENTRY = "SELECT order_id, number, started_at, worker, session_id, request, finished_at, \
                class, status, response, duration_us FROM attempt WHERE order_id = $1 \
                ORDER BY number";
    LAST_ANSWER = "SELECT response FROM attempt WHERE order_id = $1 AND response IS NOT NULL \
                   ORDER BY number DESC LIMIT 1";
}

const START: &str = "INSERT INTO attempt (order_id, number, started_at, worker, session_id, \
    request, posting) ";
const POSTINGS: &str = "SELECT order_id, posting FROM attempt WHERE posting IS NOT NULL \
    AND order_id IN (";
const IN_ORDER: &str = ") ORDER BY order_id, number";
/// The first outcome counts: it is never overwritten.
const FINISH: &str = "UPDATE attempt SET finished_at = v.column3, class = v.column4, \
    status = v.column5, response = v.column6, duration_us = v.column7 FROM (";
const FINISH_WHERE: &str = ") AS v WHERE attempt.order_id = v.column1 \
    AND attempt.number = v.column2 AND attempt.finished_at IS NULL";

/// An intent, written before its call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewAttempt {
    /// Which entry.
    pub order_id: i64,
    /// From 1.
    pub number: i64,
    /// When.
    pub started_at: Timestamp,
    /// Who.
    pub worker: String,
    /// OrderWise's session that it goes to.
    pub session_id: Option<i64>,
    /// The body about to be sent, masked.
    pub request: String,
    /// What the body says, as the day close compares it (JSON). No shopper's data.
    pub posting: String,
}

/// An outcome.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FinishedAttempt {
    /// Which entry.
    pub order_id: i64,
    /// Which try.
    pub number: i64,
    /// When.
    pub finished_at: Timestamp,
    /// What it came to.
    pub class: Class,
    /// HTTP status, if there was an answer.
    pub status: Option<u16>,
    /// The answer, masked.
    pub response: Option<String>,
    /// How long it took.
    pub duration: Duration,
}

/// A try as the book holds it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct AttemptRow {
    /// Which entry.
    pub order_id: i64,
    /// From 1.
    pub number: i64,
    /// When the intent was written.
    pub started_at: Timestamp,
    /// Who.
    pub worker: String,
    /// OrderWise's session that it went to.
    pub session_id: Option<i64>,
    /// The body, masked.
    pub request: String,
    /// When the outcome was written; none while nobody knows it.
    pub finished_at: Option<Timestamp>,
    /// What it came to, as [`Class::word`].
    #[schemars(with = "Option<Class>")]
    pub class: Option<String>,
    /// HTTP status.
    pub status: Option<i64>,
    /// The answer, masked.
    pub response: Option<String>,
    /// How long it took, in microseconds.
    pub duration_us: Option<i64>,
}

impl FromCells for AttemptRow {
    fn read(row: &impl Cells) -> StoreResult<Self> {
        Ok(Self {
            order_id: row.int("order_id")?,
            number: row.int("number")?,
            started_at: row.time("started_at")?,
            worker: row.text("worker")?,
            session_id: row.opt_int("session_id")?,
            request: row.text("request")?,
            finished_at: row.opt_time("finished_at")?,
            class: row.opt_text("class")?,
            status: row.opt_int("status")?,
            response: row.opt_text("response")?,
            duration_us: row.opt_int("duration_us")?,
        })
    }
}

/// Writes intents down, by the leave that the cut-over gave in this transaction.
pub async fn start(tx: &mut Tx, _leave: Leave, attempts: &[NewAttempt]) -> StoreResult<()> {
    for piece in pieces(attempts.len()) {
        on!(tx, c => {
            let mut query = QueryBuilder::<Sql>::new(START);
            query.push_values(&attempts[piece], |mut row, attempt| {
                row.push_bind(attempt.order_id).push_bind(attempt.number);
                row.push_bind(attempt.started_at.micros()).push_bind(attempt.worker.as_str());
                row.push_bind(attempt.session_id).push_bind(attempt.request.as_str());
                row.push_bind(attempt.posting.as_str());
            });
            query.build().execute(c).await?;
        });
    }
    Ok(())
}

/// Writes outcomes down.
pub async fn finish(tx: &mut Tx, attempts: &[FinishedAttempt]) -> StoreResult<()> {
    for piece in pieces(attempts.len()) {
        on!(tx, c => {
            let mut query = QueryBuilder::<Sql>::new(FINISH);
            query.push_values(&attempts[piece], |mut row, attempt| {
                row.push_bind(attempt.order_id).push_bind(attempt.number);
                row.push_bind(attempt.finished_at.micros()).push_bind(attempt.class.word());
                row.push_bind(attempt.status.map(i64::from));
                row.push_bind(attempt.response.as_deref()).push_bind(micros(attempt.duration));
            });
            query.push(FINISH_WHERE).build().execute(c).await?;
        });
    }
    Ok(())
}

/// What was sent of each of these entries, by its last attempt (JSON); none of what an older
/// Daybook sent.
pub async fn postings(
    source: impl Into<Source<'_>>,
    order_ids: &[i64],
) -> StoreResult<HashMap<i64, String>> {
    let mut conn = source.into().open().await?;
    let mut found = HashMap::new();
    for ids in order_ids.chunks(1_024) {
        on!(conn, c => {
            let mut query = QueryBuilder::<Sql>::new(POSTINGS);
            let mut list = query.separated(", ");
            for id in padded(ids) {
                list.push_bind(id);
            }
            for row in query.push(IN_ORDER).build().fetch_all(c).await? {
                found.insert(row.int("order_id")?, row.text("posting")?);
            }
        });
    }
    Ok(found)
}

/// A span as the book keeps it.
pub(crate) fn micros(span: Duration) -> i64 {
    i64::try_from(span.as_micros()).unwrap_or(i64::MAX)
}

/// All tries of an entry, the first one first.
pub async fn of(source: impl Into<Source<'_>>, order_id: i64) -> StoreResult<Vec<AttemptRow>> {
    let mut conn = source.into().open().await?;
    on!(conn, c => all(&sqlx::query(OF_ENTRY).bind(order_id).fetch_all(c).await?))
}

/// The latest answer that OrderWise gave about an entry.
pub async fn last_answer(
    source: impl Into<Source<'_>>,
    order_id: i64,
) -> StoreResult<Option<String>> {
    let mut conn = source.into().open().await?;
    on!(conn, c => {
        let row = sqlx::query(LAST_ANSWER).bind(order_id).fetch_optional(c).await?;
        Ok(row.map(|row| row.try_get("response")).transpose()?)
    })
}
