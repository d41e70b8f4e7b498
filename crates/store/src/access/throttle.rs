//! Wrong guesses, counted by whom or what they came from and against whom they went.

use daybook_domain::Timestamp;

use crate::{
    Source, StoreResult, Tx,
    engine::{Cells, FromCells, one},
};

sql! {
    GET = "SELECT failures, wait_until FROM throttle WHERE scope = $1 AND last_at > $2";
    PUT = "INSERT INTO throttle (scope, failures, last_at, wait_until) VALUES ($1, $2, $3, $4) \
           ON CONFLICT (scope) DO UPDATE SET failures = excluded.failures, \
           last_at = excluded.last_at, wait_until = excluded.wait_until";
    FORGET = "DELETE FROM throttle WHERE scope = $1";
    FORGET_OLD = "DELETE FROM throttle WHERE last_at <= $1";
}

/// How many guesses of a scope were wrong, and until when it waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Count {
    /// Wrong guesses.
    pub failures: i64,
    /// No guess is looked at before.
    pub wait_until: Timestamp,
}

impl FromCells for Count {
    fn read(row: &impl Cells) -> StoreResult<Self> {
        Ok(Self { failures: row.int("failures")?, wait_until: row.time("wait_until")? })
    }
}

/// The count of a scope; what is older than `oldest` is forgotten.
pub async fn get(
    source: impl Into<Source<'_>>,
    scope: &str,
    oldest: Timestamp,
) -> StoreResult<Option<Count>> {
    let mut conn = source.into().open().await?;
    on!(conn, c => {
        let query = sqlx::query(GET).bind(scope).bind(oldest.micros());
        one(query.fetch_optional(c).await?.as_ref())
    })
}

/// Writes a count.
pub async fn put(tx: &mut Tx, now: Timestamp, scope: &str, count: Count) -> StoreResult<()> {
    on!(tx, c => {
        let query = sqlx::query(PUT).bind(scope).bind(count.failures).bind(now.micros());
        query.bind(count.wait_until.micros()).execute(c).await?;
    });
    Ok(())
}

/// Forgets a scope.
pub async fn forget(tx: &mut Tx, scope: &str) -> StoreResult<()> {
    on!(tx, c => {
        sqlx::query(FORGET).bind(scope).execute(c).await?;
    });
    Ok(())
}

/// Forgets what is as old as `oldest`.
pub async fn sweep(tx: &mut Tx, oldest: Timestamp) -> StoreResult<()> {
    on!(tx, c => {
        sqlx::query(FORGET_OLD).bind(oldest.micros()).execute(c).await?;
    });
    Ok(())
}
