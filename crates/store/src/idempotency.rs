//! Keys of writes that programs repeat, with the hash of the body and the first answer.

use daybook_domain::Timestamp;

use crate::{
    Source, StoreResult, Tx,
    chain::Hash,
    engine::{Cells, FromCells, one},
};

sql! {
    TAKE = "INSERT INTO idempotency (caller, key, what, hash, begun_at) \
            VALUES ($1, $2, $3, $4, $5) ON CONFLICT (caller, key) DO NOTHING";
    GET = "SELECT what, hash, begun_at, status, answer FROM idempotency \
           WHERE caller = $1 AND key = $2";
    FINISH = "UPDATE idempotency SET status = $3, answer = $4 WHERE caller = $1 AND key = $2";
    FORGET = "DELETE FROM idempotency WHERE caller = $1 AND key = $2";
    PRUNE = "DELETE FROM idempotency WHERE begun_at < $1";
}

/// A key to take.
#[derive(Debug, Clone, Copy)]
pub struct NewKey<'a> {
    /// Who sends it.
    pub caller: &'a str,
    /// The key.
    pub key: &'a str,
    /// Method and path.
    pub what: &'a str,
    /// Hash of the body.
    pub hash: Hash,
}

/// A key that was taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownKey {
    /// Method and path.
    pub what: String,
    /// Hash of the body.
    pub hash: Hash,
    /// When.
    pub begun_at: Timestamp,
    /// The first answer; none while nobody knows it.
    pub answer: Option<KeptAnswer>,
}

/// An answer that is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptAnswer {
    /// HTTP status.
    pub status: i64,
    /// Body.
    pub body: String,
}

impl FromCells for KnownKey {
    fn read(row: &impl Cells) -> StoreResult<Self> {
        let answer = row.opt_int("status")?.zip(row.opt_text("answer")?);
        Ok(Self {
            what: row.text("what")?,
            hash: row.hash("hash")?,
            begun_at: row.time("begun_at")?,
            answer: answer.map(|(status, body)| KeptAnswer { status, body }),
        })
    }
}

/// Takes a key; false when it was taken before.
pub async fn take(tx: &mut Tx, now: Timestamp, new: &NewKey<'_>) -> StoreResult<bool> {
    let taken = on!(tx, c => {
        sqlx::query(TAKE)
            .bind(new.caller)
            .bind(new.key)
            .bind(new.what)
            .bind(new.hash.as_slice())
            .bind(now.micros())
            .execute(c)
            .await?
            .rows_affected()
    });
    Ok(taken > 0)
}

/// What is known of a key.
pub async fn get(
    source: impl Into<Source<'_>>,
    caller: &str,
    key: &str,
) -> StoreResult<Option<KnownKey>> {
    let mut conn = source.into().open().await?;
    on!(conn, c => {
        one(sqlx::query(GET).bind(caller).bind(key).fetch_optional(c).await?.as_ref())
    })
}

/// Keeps the answer.
pub async fn finish(
    tx: &mut Tx,
    caller: &str,
    key: &str,
    status: i64,
    body: &str,
) -> StoreResult<()> {
    on!(tx, c => {
        let query = sqlx::query(FINISH).bind(caller).bind(key).bind(status);
        query.bind(body).execute(c).await?;
    });
    Ok(())
}

/// Gives a key back.
pub async fn forget(tx: &mut Tx, caller: &str, key: &str) -> StoreResult<()> {
    on!(tx, c => {
        sqlx::query(FORGET).bind(caller).bind(key).execute(c).await?;
    });
    Ok(())
}

/// Forgets old keys.
pub async fn prune(tx: &mut Tx, before: Timestamp) -> StoreResult<()> {
    on!(tx, c => {
        sqlx::query(PRUNE).bind(before.micros()).execute(c).await?;
    });
    Ok(())
}
