//! Messages on their way: written down with the alert's change, sent afterwards, tried again until
//! they arrive or are too old.

use daybook_domain::{
    Timestamp,
    alert::{Occasion, Told},
};
use schemars::JsonSchema;
use serde::Serialize;

use crate::{
    Source, StoreResult, Tx,
    engine::{self, Cells, FromCells, all},
};

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT number, id, alert, channel, occasion, notice, state, created_at, due_at, \
             attempts, last_at, error FROM alert_delivery ",
            $rest
        )
    };
}

sql! {
    INSERT = "INSERT INTO alert_delivery (id, alert, channel, occasion, notice, state, \
              created_at, due_at, attempts) VALUES ($1, $2, $3, $4, $5, 'pending', $6, $7, 0)";
    DUE = select!("WHERE state = 'pending' AND due_at <= $1 ORDER BY due_at, number LIMIT $2");
    OF_ALERT = select!("WHERE alert = $1 ORDER BY number");
    LATEST = select!("WHERE number < $1 ORDER BY number DESC LIMIT $2");
    /// Only one begins a try; whoever dies over it leaves it due at `$4`.
    BEGIN = "UPDATE alert_delivery SET attempts = attempts + 1, last_at = $3, due_at = $4 \
             WHERE number = $1 AND attempts = $2 AND state = 'pending'";
    SENT = "UPDATE alert_delivery SET state = 'sent', due_at = NULL, error = NULL \
            WHERE number = $1 AND attempts = $2 AND state = 'pending'";
    AGAIN = "UPDATE alert_delivery SET due_at = $3, error = $4 \
             WHERE number = $1 AND attempts = $2 AND state = 'pending'";
    FAILED = "UPDATE alert_delivery SET state = 'failed', due_at = NULL, error = $3 \
              WHERE number = $1 AND attempts = $2 AND state = 'pending'";
    /// What was tried may have arrived: it is not taken back.
    DROP_PENDING = "UPDATE alert_delivery SET state = 'dropped', due_at = NULL \
                    WHERE alert = $1 AND channel = $2 AND state = 'pending' AND attempts = 0";
}

/// A message to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewDelivery<'a> {
    /// Unique: receivers tell repeats by it.
    pub id: &'a str,
    /// The alert it is about, if about one.
    pub alert: Option<i64>,
    /// Over which channel.
    pub channel: &'a str,
    /// Why.
    pub occasion: Occasion,
    /// What it says, as JSON.
    pub notice: &'a str,
    /// Not before.
    pub due_at: Timestamp,
}

/// A message as the book holds it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(rename = "AlertDelivery")]
pub struct DeliveryRow {
    /// In the order in which they were written down.
    pub number: i64,
    /// Unique: receivers tell repeats by it.
    pub id: String,
    /// The alert it is about, if about one.
    pub alert: Option<i64>,
    /// Over which channel.
    pub channel: String,
    /// Why.
    pub occasion: Occasion,
    /// What it says, as JSON.
    #[serde(skip)]
    pub notice: String,
    /// `pending`, `sent`, `failed` or `dropped`.
    #[schemars(extend("enum" = ["pending", "sent", "failed", "dropped"]))]
    pub state: String,
    /// When it was written down.
    pub created_at: Timestamp,
    /// When it is tried next.
    pub due_at: Option<Timestamp>,
    /// Tries so far.
    pub attempts: i64,
    /// When it was tried last.
    pub last_at: Option<Timestamp>,
    /// Why that failed.
    pub error: Option<String>,
}

impl FromCells for DeliveryRow {
    fn read(row: &impl Cells) -> StoreResult<Self> {
        Ok(Self {
            number: row.int("number")?,
            id: row.text("id")?,
            alert: row.opt_int("alert")?,
            channel: row.text("channel")?,
            occasion: row.word("occasion")?,
            notice: row.text("notice")?,
            state: row.text("state")?,
            created_at: row.time("created_at")?,
            due_at: row.opt_time("due_at")?,
            attempts: row.int("attempts")?,
            last_at: row.opt_time("last_at")?,
            error: row.opt_text("error")?,
        })
    }
}

/// Writes a message down.
pub async fn insert(tx: &mut Tx, now: Timestamp, new: &NewDelivery<'_>) -> StoreResult<()> {
    on!(tx, c => {
        let query = sqlx::query(INSERT).bind(new.id).bind(new.alert).bind(new.channel);
        let query = query.bind(new.occasion.word()).bind(new.notice).bind(now.micros());
        query.bind(new.due_at.micros()).execute(c).await?;
    });
    Ok(())
}

/// What is to be sent now, the longest due first.
pub async fn due(
    source: impl Into<Source<'_>>,
    now: Timestamp,
    limit: usize,
) -> StoreResult<Vec<DeliveryRow>> {
    let mut conn = source.into().open().await?;
    on!(conn, c => {
        let query = sqlx::query(DUE).bind(now.micros()).bind(engine::limit(limit));
        all(&query.fetch_all(c).await?)
    })
}

/// All about one alert, in order.
pub async fn of_alert(source: impl Into<Source<'_>>, alert: i64) -> StoreResult<Vec<DeliveryRow>> {
    let mut conn = source.into().open().await?;
    on!(conn, c => all(&sqlx::query(OF_ALERT).bind(alert).fetch_all(c).await?))
}

/// The newest before number `before`.
pub async fn latest(
    source: impl Into<Source<'_>>,
    before: Option<i64>,
    limit: usize,
) -> StoreResult<Vec<DeliveryRow>> {
    let mut conn = source.into().open().await?;
    on!(conn, c => {
        let query = sqlx::query(LATEST).bind(before.unwrap_or(i64::MAX));
        all(&query.bind(engine::limit(limit)).fetch_all(c).await?)
    })
}

/// What channels were told of an alert.
pub async fn told(source: impl Into<Source<'_>>, alert: i64) -> StoreResult<Vec<Told>> {
    let rows = of_alert(source, alert).await?.into_iter();
    // A try without an answer may have arrived: its end is told too.
    let told = rows.filter(|row| row.state != "dropped");
    Ok(told.map(|row| Told { has_arrived: row.attempts > 0, channel: row.channel }).collect())
}

/// Begins a try, to be given up at `until`; false when another has it.
pub async fn begin(
    tx: &mut Tx,
    now: Timestamp,
    row: &DeliveryRow,
    until: Timestamp,
) -> StoreResult<bool> {
    Ok(on!(tx, c => {
        let query = sqlx::query(BEGIN).bind(row.number).bind(row.attempts).bind(now.micros());
        query.bind(until.micros()).execute(c).await?.rows_affected() == 1
    }))
}

/// How a try ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended<'a> {
    /// It arrived.
    Sent,
    /// It is tried again at this moment.
    Again(Timestamp, &'a str),
    /// It is not tried again.
    Failed(&'a str),
}

/// Writes down how try number `attempt` ended.
pub async fn end(tx: &mut Tx, number: i64, attempt: i64, ended: Ended<'_>) -> StoreResult<bool> {
    Ok(on!(tx, c => {
        let query = match ended {
            Ended::Sent => sqlx::query(SENT).bind(number).bind(attempt),
            Ended::Again(at, error) => {
                sqlx::query(AGAIN).bind(number).bind(attempt).bind(at.micros()).bind(error)
            }
            Ended::Failed(error) => sqlx::query(FAILED).bind(number).bind(attempt).bind(error),
        };
        query.execute(c).await?.rows_affected() == 1
    }))
}

/// What nobody was told yet need not be told any more.
pub async fn drop_pending(tx: &mut Tx, alert: i64, channel: &str) -> StoreResult<u64> {
    Ok(on!(tx, c => {
        sqlx::query(DROP_PENDING).bind(alert).bind(channel).execute(c).await?.rows_affected()
    }))
}
