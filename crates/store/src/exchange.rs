//! Every exchange with either system, masked, for as long as the settings keep them.

use daybook_domain::{Timestamp, class::Class, exchange::Exchange};
use schemars::JsonSchema;
use serde::Serialize;
use sqlx::QueryBuilder;
use uuid::Uuid;

use crate::{
    Db, Source, StoreResult, Tx,
    attempt::micros,
    engine::{self, Cells, FromCells, all, one, pieces},
};

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, order_id, system, purpose, method, path, started_at, duration_us, status, \
             class, request, response FROM exchange ",
            $rest
        )
    };
}

sql! {
    GET = select!("WHERE id = $1");
    OF_ENTRY = select!("WHERE order_id = $1 ORDER BY started_at, id");
    LATEST = select!("ORDER BY started_at DESC LIMIT $1");
    LATEST_CALLS = "SELECT system, started_at, duration_us, class FROM exchange \
                    ORDER BY started_at DESC LIMIT $1";
    PRUNE = "DELETE FROM exchange WHERE id IN \
             (SELECT id FROM exchange WHERE started_at < $1 ORDER BY started_at LIMIT $2)";
}

const INSERT: &str = "INSERT INTO exchange (id, order_id, system, purpose, method, path, \
    started_at, duration_us, status, class, request, response) ";

/// Rows that one transaction of [`prune`] removes: others get their turn in between.
const PRUNED_AT_ONCE: usize = 1_000;

/// An exchange to be kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewExchange {
    /// Its id, time-sortable.
    pub id: Uuid,
    /// The entry it was for, if for one.
    pub order_id: Option<i64>,
    /// What was sent and what came back.
    pub exchange: Exchange,
}

/// An exchange as the book holds it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ExchangeRow {
    /// Its id.
    #[schemars(with = "String", extend("format" = "uuid"))]
    pub id: Uuid,
    /// The entry it was for, if for one.
    pub order_id: Option<i64>,
    /// `sitoo` or `orderwise`.
    #[schemars(extend("enum" = ["sitoo", "orderwise"]))]
    pub system: String,
    /// What the call was for.
    pub purpose: String,
    /// HTTP method.
    pub method: String,
    /// Path and query.
    pub path: String,
    /// When it was sent.
    pub started_at: Timestamp,
    /// How long it took, in microseconds.
    pub duration_us: i64,
    /// HTTP status, if there was an answer.
    pub status: Option<i64>,
    /// What it came to, as [`daybook_domain::class::Class::word`].
    #[schemars(with = "Class")]
    pub class: String,
    /// Request body, masked.
    pub request: Option<String>,
    /// Answer body, masked.
    pub response: Option<String>,
}

impl FromCells for ExchangeRow {
    fn read(row: &impl Cells) -> StoreResult<Self> {
        Ok(Self {
            id: row.uuid("id")?,
            order_id: row.opt_int("order_id")?,
            system: row.text("system")?,
            purpose: row.text("purpose")?,
            method: row.text("method")?,
            path: row.text("path")?,
            started_at: row.time("started_at")?,
            duration_us: row.int("duration_us")?,
            status: row.opt_int("status")?,
            class: row.text("class")?,
            request: row.opt_text("request")?,
            response: row.opt_text("response")?,
        })
    }
}

/// Keeps exchanges.
pub async fn insert(tx: &mut Tx, exchanges: &[NewExchange]) -> StoreResult<()> {
    for piece in pieces(exchanges.len()) {
        on!(tx, c => {
            let mut query = QueryBuilder::<Sql>::new(INSERT);
            query.push_values(&exchanges[piece], |mut row, new| {
                let exchange = &new.exchange;
                row.push_bind(new.id).push_bind(new.order_id).push_bind(exchange.system.word());
                row.push_bind(exchange.purpose).push_bind(exchange.method.as_str());
                row.push_bind(exchange.path.as_str()).push_bind(exchange.started_at.micros());
                row.push_bind(micros(exchange.duration));
                row.push_bind(exchange.status.map(i64::from)).push_bind(exchange.class.word());
                row.push_bind(exchange.request.as_deref());
                row.push_bind(exchange.response.as_deref());
            });
            query.build().execute(c).await?;
        });
    }
    Ok(())
}

/// One exchange.
pub async fn get(source: impl Into<Source<'_>>, id: Uuid) -> StoreResult<Option<ExchangeRow>> {
    let mut conn = source.into().open().await?;
    on!(conn, c => one(sqlx::query(GET).bind(id).fetch_optional(c).await?.as_ref()))
}

/// The exchanges about an entry, the oldest first.
pub async fn of(source: impl Into<Source<'_>>, order_id: i64) -> StoreResult<Vec<ExchangeRow>> {
    let mut conn = source.into().open().await?;
    on!(conn, c => all(&sqlx::query(OF_ENTRY).bind(order_id).fetch_all(c).await?))
}

/// The latest exchanges, the newest first.
pub async fn latest(source: impl Into<Source<'_>>, limit: usize) -> StoreResult<Vec<ExchangeRow>> {
    let mut conn = source.into().open().await?;
    on!(conn, c => all(&sqlx::query(LATEST).bind(engine::limit(limit)).fetch_all(c).await?))
}

/// How one call went, without what was said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallRow {
    /// `sitoo` or `orderwise`.
    pub system: String,
    /// When it was sent.
    pub started_at: Timestamp,
    /// How long it took, in microseconds.
    pub duration_us: i64,
    /// How it ended.
    pub class: String,
}

impl FromCells for CallRow {
    fn read(row: &impl Cells) -> StoreResult<Self> {
        Ok(Self {
            system: row.text("system")?,
            started_at: row.time("started_at")?,
            duration_us: row.int("duration_us")?,
            class: row.text("class")?,
        })
    }
}

/// How the latest calls went, the newest first.
pub async fn latest_calls(
    source: impl Into<Source<'_>>,
    limit: usize,
) -> StoreResult<Vec<CallRow>> {
    let mut conn = source.into().open().await?;
    on!(conn, c => all(&sqlx::query(LATEST_CALLS).bind(engine::limit(limit)).fetch_all(c).await?))
}

/// Removes exchanges sent before `before`, a few at a time; returns how many went.
pub async fn prune(db: &Db, before: Timestamp) -> StoreResult<u64> {
    let mut gone = 0;
    loop {
        let mut tx = db.begin().await?;
        let now_gone = on!(tx, c => {
            let query = sqlx::query(PRUNE).bind(before.micros());
            query.bind(engine::limit(PRUNED_AT_ONCE)).execute(c).await?.rows_affected()
        });
        tx.commit().await?;
        gone += now_gone;
        if now_gone == 0 {
            return Ok(gone);
        }
    }
}
