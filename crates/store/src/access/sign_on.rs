//! Attempts to sign in by the company's own sign-in that are under way.

use daybook_domain::Timestamp;

use super::Hash;
use crate::{
    Source, StoreResult, Tx,
    engine::{Cells, FromCells, one},
};

sql! {
    INSERT = "INSERT INTO sign_on (hash, next, expires_at) VALUES ($1, $2, $3)";
    GET = "SELECT next FROM sign_on WHERE hash = $1 AND expires_at > $2";
    TAKE = "DELETE FROM sign_on WHERE hash = $1 AND expires_at > $2";
    SWEEP = "DELETE FROM sign_on WHERE expires_at <= $1";
}

/// Begins an attempt, after which the browser goes on to `next`; those whose time is over go.
pub async fn begin(
    tx: &mut Tx,
    hash: &Hash,
    next: &str,
    (now, expires_at): (Timestamp, Timestamp),
) -> StoreResult<()> {
    on!(tx, c => {
        sqlx::query(SWEEP).bind(now.micros()).execute(&mut *c).await?;
        let query = sqlx::query(INSERT).bind(hash.as_slice()).bind(next);
        query.bind(expires_at.micros()).execute(c).await?;
    });
    Ok(())
}

struct Next(String);

impl FromCells for Next {
    fn read(row: &impl Cells) -> StoreResult<Self> {
        Ok(Self(row.text("next")?))
    }
}

/// Where an attempt leads, while it is under way.
pub async fn next(
    source: impl Into<Source<'_>>,
    hash: &Hash,
    now: Timestamp,
) -> StoreResult<Option<String>> {
    let mut conn = source.into().open().await?;
    let found: Option<Next> = on!(conn, c => {
        let query = sqlx::query(GET).bind(hash.as_slice()).bind(now.micros());
        one(query.fetch_optional(c).await?.as_ref())?
    });
    Ok(found.map(|Next(next)| next))
}

/// Uses an attempt up; false when it was used before, or its time is over.
pub async fn take(tx: &mut Tx, hash: &Hash, now: Timestamp) -> StoreResult<bool> {
    Ok(on!(tx, c => {
        let query = sqlx::query(TAKE).bind(hash.as_slice()).bind(now.micros());
        query.execute(c).await?.rows_affected() == 1
    }))
}
