//! How channels do.

use daybook_domain::Timestamp;
use serde::Serialize;

use crate::{
    Source, StoreResult, Tx,
    engine::{Cells, FromCells, all},
};

sql! {
    ALL = "SELECT name, failures, failing_since, error, sent_at FROM alert_channel ORDER BY name";
    WORKED = "INSERT INTO alert_channel (name, failures, sent_at) VALUES ($1, 0, $2) \
              ON CONFLICT (name) DO UPDATE SET failures = 0, failing_since = NULL, error = NULL, \
              sent_at = excluded.sent_at";
    DID_NOT = "INSERT INTO alert_channel (name, failures, failing_since, error) \
               VALUES ($1, 1, $2, $3) ON CONFLICT (name) DO UPDATE SET \
               failures = alert_channel.failures + 1, error = excluded.error, \
               failing_since = coalesce(alert_channel.failing_since, excluded.failing_since)";
}

/// A channel that was used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ChannelRow {
    /// Its name in the settings.
    pub name: String,
    /// Failures in a row.
    pub failures: i64,
    /// Since when.
    pub failing_since: Option<Timestamp>,
    /// Why the last one.
    pub error: Option<String>,
    /// When a message last arrived.
    pub sent_at: Option<Timestamp>,
}

impl FromCells for ChannelRow {
    fn read(row: &impl Cells) -> StoreResult<Self> {
        Ok(Self {
            name: row.text("name")?,
            failures: row.int("failures")?,
            failing_since: row.opt_time("failing_since")?,
            error: row.opt_text("error")?,
            sent_at: row.opt_time("sent_at")?,
        })
    }
}

/// All that were used.
pub async fn list(source: impl Into<Source<'_>>) -> StoreResult<Vec<ChannelRow>> {
    let mut conn = source.into().open().await?;
    on!(conn, c => all(&sqlx::query(ALL).fetch_all(c).await?))
}

/// Notes a try: with an error, one that failed.
pub async fn tried(
    tx: &mut Tx,
    now: Timestamp,
    name: &str,
    error: Option<&str>,
) -> StoreResult<()> {
    on!(tx, c => {
        let query = match error {
            None => sqlx::query(WORKED).bind(name).bind(now.micros()),
            Some(error) => sqlx::query(DID_NOT).bind(name).bind(now.micros()).bind(error),
        };
        query.execute(c).await?;
    });
    Ok(())
}
