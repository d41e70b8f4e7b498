//! Orders that do not say which they are: kept as they came, beside the entries, whose key they
//! lack.

use std::collections::HashSet;

use daybook_domain::Timestamp;
use serde::Serialize;

use crate::{
    Source, StoreResult, Tx,
    chain::of_text,
    engine::{self, Cells, FromCells, all},
};

sql! {
    KEEP = "INSERT INTO stray (hash, received_at, body) VALUES ($1, $2, $3) \
            ON CONFLICT (hash) DO NOTHING";
    COUNT = "SELECT CAST(count(*) AS BIGINT) AS strays FROM stray";
    LATEST = "SELECT received_at, body FROM stray ORDER BY received_at DESC, hash LIMIT $1";
}

/// An order without a usable id.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StrayRow {
    /// When it came first.
    pub received_at: Timestamp,
    /// As it came.
    pub body: String,
}

impl FromCells for StrayRow {
    fn read(row: &impl Cells) -> StoreResult<Self> {
        Ok(Self { received_at: row.time("received_at")?, body: row.text("body")? })
    }
}

/// Keeps `bodies`; returns the places of those that were not known before. The text is the key.
pub async fn keep(tx: &mut Tx, now: Timestamp, bodies: &[&str]) -> StoreResult<Vec<usize>> {
    let mut new = Vec::new();
    let mut met = HashSet::new();
    for (place, body) in bodies.iter().enumerate() {
        let hash = of_text(body);
        if !met.insert(hash) {
            continue;
        }
        let inserted = on!(tx, c => {
            let query = sqlx::query(KEEP).bind(hash.as_slice()).bind(now.micros()).bind(*body);
            query.execute(c).await?.rows_affected()
        });
        if inserted > 0 {
            new.push(place);
        }
    }
    Ok(new)
}

/// How many are kept.
pub async fn count(source: impl Into<Source<'_>>) -> StoreResult<i64> {
    let mut conn = source.into().open().await?;
    on!(conn, c => sqlx::query(COUNT).fetch_one(c).await?.int("strays"))
}

/// The latest ones, the newest first.
pub async fn latest(source: impl Into<Source<'_>>, limit: usize) -> StoreResult<Vec<StrayRow>> {
    let mut conn = source.into().open().await?;
    on!(conn, c => all(&sqlx::query(LATEST).bind(engine::limit(limit)).fetch_all(c).await?))
}
