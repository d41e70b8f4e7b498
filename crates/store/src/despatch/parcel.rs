//! Deliveries of OrderWise on their way into Sitoo. As with entries, a row changes only while it is
//! as it was when the decision was made.

use daybook_domain::{
    Timestamp,
    despatch::{DespatchState, Sent},
    supply::DeliveredItem,
};
use serde::{Deserialize, Serialize};

use crate::{
    Source, StoreResult, Tx,
    engine::{self, Cells, FromCells, all},
    supply::{from_json, to_json},
};

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT order_id, delivery_id, told, told_at, state, due_at, attempt, failures, \
             worker, lease_until, doubt_since, lookups, intent, sitoo_delivery_id, written_at, \
             absent_since FROM despatch ",
            $rest
        )
    };
}

sql! {
    OF_ORDER = select!("WHERE order_id = $1 ORDER BY delivery_id");
    /// What OrderWise may have taken back waits until it is certain.
    DUE = select!("WHERE state IN ('ready', 'refused') AND absent_since IS NULL AND due_at <= $1 \
                   ORDER BY due_at, order_id, delivery_id LIMIT $2");
    IN_DOUBT = select!("WHERE state = 'in-doubt' AND due_at <= $1 \
                        ORDER BY due_at, order_id, delivery_id LIMIT $2");
    ORPHANED = select!("WHERE state = 'writing' AND (lease_until <= $1 OR $3 = 1 AND worker <> $4) \
                        ORDER BY order_id, delivery_id LIMIT $2");
    INSERT = "INSERT INTO despatch (order_id, delivery_id, told, told_at, state, due_at, attempt, \
              failures, lookups) VALUES ($1, $2, $3, $4, $5, $6, 0, 0, 0) \
              ON CONFLICT (order_id, delivery_id) DO NOTHING";
    /// Only as long as nobody else changed it.
    SAVE = "UPDATE despatch SET told = $5, told_at = $6, state = $7, due_at = $8, attempt = $9, \
            failures = $10, worker = $11, lease_until = $12, doubt_since = $13, lookups = $14, \
            intent = $15, sitoo_delivery_id = $16, written_at = $17, absent_since = $18 \
            WHERE order_id = $1 AND delivery_id = $2 AND state = $3 AND attempt = $4";
    UNTOLD = "SELECT CAST(count(*) AS BIGINT) AS despatches, min(told_at) AS oldest FROM despatch \
              WHERE state IN ('ready', 'writing', 'in-doubt', 'refused') AND absent_since IS NULL \
              AND told_at < $1";
    COUNTS = "SELECT state, CAST(count(*) AS BIGINT) AS despatches FROM despatch \
              WHERE state IN ('ready', 'writing', 'in-doubt', 'refused') GROUP BY state \
              ORDER BY state";
}

/// What is about to be sent to Sitoo, and what was there before: so that a delivery whose answer was
/// lost can be told from others.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Intent {
    /// Sitoo's warehouse.
    pub warehouse_id: i64,
    /// The reference that the shopper sees.
    pub reference: String,
    /// Rows and pieces.
    pub items: Vec<DeliveredItem>,
    /// Ids of the order's deliveries before it.
    pub before: Vec<i64>,
}

/// A delivery of OrderWise as the book holds it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DespatchRow {
    /// The entry.
    pub order_id: i64,
    /// OrderWise's id of the delivery.
    pub delivery_id: i64,
    /// What OrderWise told of it; of one that Sitoo has, what Sitoo was told.
    pub told: Sent,
    /// When it was told first, or last changed.
    pub told_at: Timestamp,
    /// Where it is.
    pub state: DespatchState,
    /// When it is looked at next.
    pub due_at: Option<Timestamp>,
    /// Number of the latest try; 0 before the first.
    pub attempt: i64,
    /// Failures in a row.
    pub failures: i64,
    /// Who is at work on it.
    pub worker: Option<String>,
    /// Until when that worker may.
    pub lease_until: Option<Timestamp>,
    /// Since when its outcome is not known.
    pub doubt_since: Option<Timestamp>,
    /// How often Sitoo has been asked about it while in doubt.
    pub lookups: i64,
    /// The latest intent.
    pub intent: Option<Intent>,
    /// Sitoo's id of the delivery.
    pub sitoo_delivery_id: Option<i64>,
    /// When we knew that Sitoo has it.
    pub written_at: Option<Timestamp>,
    /// Since when OrderWise no longer shows it.
    pub absent_since: Option<Timestamp>,
}

impl FromCells for DespatchRow {
    fn read(row: &impl Cells) -> StoreResult<Self> {
        Ok(Self {
            order_id: row.int("order_id")?,
            delivery_id: row.int("delivery_id")?,
            told: from_json(&row.text("told")?)?,
            told_at: row.time("told_at")?,
            state: row.word("state")?,
            due_at: row.opt_time("due_at")?,
            attempt: row.int("attempt")?,
            failures: row.int("failures")?,
            worker: row.opt_text("worker")?,
            lease_until: row.opt_time("lease_until")?,
            doubt_since: row.opt_time("doubt_since")?,
            lookups: row.int("lookups")?,
            intent: row.opt_text("intent")?.map(|text| from_json(&text)).transpose()?,
            sitoo_delivery_id: row.opt_int("sitoo_delivery_id")?,
            written_at: row.opt_time("written_at")?,
            absent_since: row.opt_time("absent_since")?,
        })
    }
}

/// Deliveries of one order, by OrderWise's id.
pub async fn of_order(
    source: impl Into<Source<'_>>,
    order_id: i64,
) -> StoreResult<Vec<DespatchRow>> {
    let mut conn = source.into().open().await?;
    on!(conn, c => all(&sqlx::query(OF_ORDER).bind(order_id).fetch_all(c).await?))
}

async fn some(
    source: impl Into<Source<'_>>,
    statement: &'static str,
    now: Timestamp,
    limit: usize,
) -> StoreResult<Vec<DespatchRow>> {
    let mut conn = source.into().open().await?;
    on!(conn, c => {
        let query = sqlx::query(statement).bind(now.micros()).bind(engine::limit(limit));
        all(&query.fetch_all(c).await?)
    })
}

/// Deliveries that Sitoo is to be told of now.
pub async fn due(
    source: impl Into<Source<'_>>,
    now: Timestamp,
    limit: usize,
) -> StoreResult<Vec<DespatchRow>> {
    some(source, DUE, now, limit).await
}

/// Deliveries in doubt that are to be looked up now.
pub async fn in_doubt(
    source: impl Into<Source<'_>>,
    now: Timestamp,
    limit: usize,
) -> StoreResult<Vec<DespatchRow>> {
    some(source, IN_DOUBT, now, limit).await
}

/// Intents whose worker is gone. With `only_us`, whatever another process began is one of them.
pub async fn orphaned(
    source: impl Into<Source<'_>>,
    now: Timestamp,
    worker: &str,
    only_us: bool,
    limit: usize,
) -> StoreResult<Vec<DespatchRow>> {
    let mut conn = source.into().open().await?;
    on!(conn, c => {
        let query = sqlx::query(ORPHANED).bind(now.micros()).bind(engine::limit(limit));
        all(&query.bind(i64::from(only_us)).bind(worker).fetch_all(c).await?)
    })
}

/// Writes a delivery down that OrderWise told of; false when it is known.
pub async fn insert(
    tx: &mut Tx,
    now: Timestamp,
    order_id: i64,
    told: &Sent,
    state: DespatchState,
) -> StoreResult<bool> {
    let text = to_json(told)?;
    let inserted = on!(tx, c => {
        sqlx::query(INSERT)
            .bind(order_id)
            .bind(told.parcel.delivery_id)
            .bind(text)
            .bind(now.micros())
            .bind(state.word())
            .bind(now.micros())
            .execute(c)
            .await?
            .rows_affected()
    });
    Ok(inserted > 0)
}

/// Writes `row`, which was in `state` at `attempt` when the decision was made; false when it no
/// longer is.
pub async fn save(
    tx: &mut Tx,
    row: &DespatchRow,
    (state, attempt): (DespatchState, i64),
) -> StoreResult<bool> {
    let micros = |moment: Option<Timestamp>| moment.map(Timestamp::micros);
    let (told, intent) = (to_json(&row.told)?, row.intent.as_ref().map(to_json).transpose()?);
    let saved = on!(tx, c => {
        sqlx::query(SAVE)
            .bind(row.order_id)
            .bind(row.delivery_id)
            .bind(state.word())
            .bind(attempt)
            .bind(told)
            .bind(row.told_at.micros())
            .bind(row.state.word())
            .bind(micros(row.due_at))
            .bind(row.attempt)
            .bind(row.failures)
            .bind(row.worker.as_deref())
            .bind(micros(row.lease_until))
            .bind(micros(row.doubt_since))
            .bind(row.lookups)
            .bind(intent)
            .bind(row.sitoo_delivery_id)
            .bind(micros(row.written_at))
            .bind(micros(row.absent_since))
            .execute(c)
            .await?
            .rows_affected()
    });
    Ok(saved > 0)
}

/// How many deliveries are under way or stuck, by state.
pub async fn counts(source: impl Into<Source<'_>>) -> StoreResult<Vec<(DespatchState, i64)>> {
    let mut conn = source.into().open().await?;
    on!(conn, c => {
        let rows = sqlx::query(COUNTS).fetch_all(c).await?;
        rows.iter().map(|row| Ok((row.word("state")?, row.int("despatches")?))).collect()
    })
}

/// How many deliveries OrderWise told of before `before` that Sitoo does not have, and since when.
pub async fn untold(
    source: impl Into<Source<'_>>,
    before: Timestamp,
) -> StoreResult<(i64, Option<Timestamp>)> {
    let mut conn = source.into().open().await?;
    on!(conn, c => {
        let row = sqlx::query(UNTOLD).bind(before.micros()).fetch_one(c).await?;
        Ok((row.int("despatches")?, row.opt_time("oldest")?))
    })
}
