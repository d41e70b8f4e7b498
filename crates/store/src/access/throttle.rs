//! Wrong guesses, counted by whom or what they came from and against whom they went.

use daybook_domain::Timestamp;

use crate::{
    StoreResult, Tx,
    engine::{Cells, FromCells},
};

sql! {
    /// Two guesses of one scope wait for each other.
    LOCKED = "INSERT INTO throttle (scope, failures, last_at, wait_until) VALUES ($1, 0, $2, 0) \
              ON CONFLICT (scope) DO UPDATE SET failures = throttle.failures \
              RETURNING failures, last_at, wait_until";
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

/// The count of a scope, which nobody else moves until this transaction ends. A count that did not
/// move since `oldest` is none.
pub async fn lock(
    tx: &mut Tx,
    now: Timestamp,
    scope: &str,
    oldest: Timestamp,
) -> StoreResult<Count> {
    let none = Count { failures: 0, wait_until: Timestamp::from_micros(0) };
    on!(tx, c => {
        let query = sqlx::query(LOCKED).bind(scope).bind(now.micros());
        let row = query.fetch_one(c).await?;
        if row.time("last_at")? <= oldest { Ok(none) } else { Count::read(&row) }
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
