//! What is paused: a whole system (`orderwise`, `sitoo`) or one store (`store:5`), until a probe
//! finds that it works again.

use daybook_domain::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;

use crate::{
    Source, StoreResult, Tx,
    engine::{Cells, FromCells},
};

sql! {
    ALL = "SELECT scope, cause, since, probe_at, failures, detail FROM pause ORDER BY scope";
    PAUSE = "INSERT INTO pause (scope, cause, since, probe_at, failures, detail) \
             VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (scope) DO UPDATE SET \
             cause = excluded.cause, probe_at = excluded.probe_at, \
             failures = excluded.failures, detail = excluded.detail";
    RESUME = "DELETE FROM pause WHERE scope = $1";
    /// A person changed what it stands still for.
    PROBE_NOW = "UPDATE pause SET probe_at = $2 WHERE scope = $1 AND probe_at > $2";
    FAILURES = "SELECT failures FROM pause WHERE scope = $1";
    /// Whoever moves the moment has the probe; the others see it in the future.
    TAKE_PROBE = "UPDATE pause SET probe_at = $3 WHERE scope = $1 AND probe_at <= $2";
}

/// What comes before a store's id in a scope.
const STORE: &str = "store:";

/// A pause to begin, or to go on with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NewPause<'a> {
    /// What is paused.
    pub scope: &'a str,
    /// Code of the cause.
    pub cause: &'a str,
    /// One sentence.
    pub detail: &'a str,
    /// When it is tried again.
    pub probe_at: Timestamp,
    /// Failures in a row, this one counted.
    pub failures: i64,
}

/// A pause as the book holds it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Pause {
    /// What is paused.
    pub scope: String,
    /// Code of the cause.
    pub cause: String,
    /// Since when.
    pub since: Timestamp,
    /// When it is tried again.
    pub probe_at: Timestamp,
    /// Failures in a row.
    pub failures: i64,
    /// One sentence.
    pub detail: String,
}

impl FromCells for Pause {
    fn read(row: &impl Cells) -> StoreResult<Self> {
        Ok(Self {
            scope: row.text("scope")?,
            cause: row.text("cause")?,
            since: row.time("since")?,
            probe_at: row.time("probe_at")?,
            failures: row.int("failures")?,
            detail: row.text("detail")?,
        })
    }
}

/// All pauses.
pub async fn all(source: impl Into<Source<'_>>) -> StoreResult<Vec<Pause>> {
    let mut conn = source.into().open().await?;
    on!(conn, c => crate::engine::all(&sqlx::query(ALL).fetch_all(c).await?))
}

/// Stores that are paused and whose probe is not due yet: nothing of theirs is to be claimed.
pub fn paused_stores(pauses: &[Pause], now: Timestamp) -> Vec<i64> {
    let of_store = |pause: &Pause| pause.scope.strip_prefix(STORE)?.parse().ok();
    pauses.iter().filter(|pause| pause.probe_at > now).filter_map(of_store).collect()
}

/// Begins a pause, or goes on with one: it keeps the moment it began.
pub async fn pause(tx: &mut Tx, now: Timestamp, new: &NewPause<'_>) -> StoreResult<()> {
    on!(tx, c => {
        let query = sqlx::query(PAUSE).bind(new.scope).bind(new.cause).bind(now.micros());
        let query = query.bind(new.probe_at.micros()).bind(new.failures).bind(new.detail);
        query.execute(c).await?;
    });
    Ok(())
}

/// Ends a pause; false when there was none.
pub async fn resume(tx: &mut Tx, scope: &str) -> StoreResult<bool> {
    Ok(on!(tx, c => sqlx::query(RESUME).bind(scope).execute(c).await?.rows_affected() > 0))
}

/// Has a store tried again now, if it is paused.
pub async fn probe_store(tx: &mut Tx, now: Timestamp, store: &str) -> StoreResult<()> {
    on!(tx, c => {
        let query = sqlx::query(PROBE_NOW).bind(format!("{STORE}{store}"));
        query.bind(now.micros()).execute(c).await?;
    });
    Ok(())
}

/// Failures in a row of what is paused; 0 when it is not.
pub async fn failures(source: impl Into<Source<'_>>, scope: &str) -> StoreResult<i64> {
    let mut conn = source.into().open().await?;
    on!(conn, c => {
        let row = sqlx::query(FAILURES).bind(scope).fetch_optional(c).await?;
        row.map_or(Ok(0), |row| row.int("failures"))
    })
}

/// Takes the probe of a pause, if it is due and nobody else has it; the next one is at `next`.
pub async fn take_probe(
    tx: &mut Tx,
    now: Timestamp,
    scope: &str,
    next: Timestamp,
) -> StoreResult<bool> {
    Ok(on!(tx, c => {
        let query = sqlx::query(TAKE_PROBE).bind(scope).bind(now.micros()).bind(next.micros());
        query.execute(c).await?.rows_affected() == 1
    }))
}
