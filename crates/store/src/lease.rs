//! Leases: one process at a time does what must be done by one only.

use daybook_domain::Timestamp;
use serde::Serialize;

use crate::{
    Db, Source, StoreResult,
    engine::{Cells, FromCells, all},
};

sql! {
    /// Taken when it is free, ours already, or has run out.
    ACQUIRE = "INSERT INTO lease (name, holder, until) VALUES ($1, $2, $3) \
               ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, until = excluded.until \
               WHERE lease.holder = excluded.holder OR lease.until <= $4";
    RENEW = "UPDATE lease SET until = $3 WHERE name = $1 AND holder = $2";
    RELEASE = "DELETE FROM lease WHERE name = $1 AND holder = $2";
    ALL = "SELECT name, holder, until FROM lease ORDER BY name";
}

/// A lease that is or was held.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LeaseRow {
    /// What for.
    pub name: String,
    /// By whom.
    pub holder: String,
    /// Until when.
    pub until: Timestamp,
}

impl FromCells for LeaseRow {
    fn read(row: &impl Cells) -> StoreResult<Self> {
        Ok(Self { name: row.text("name")?, holder: row.text("holder")?, until: row.time("until")? })
    }
}

/// Takes or renews a lease, in a transaction of its own; false when another holds it.
pub async fn acquire(
    db: &Db,
    now: Timestamp,
    name: &str,
    holder: &str,
    until: Timestamp,
) -> StoreResult<bool> {
    let mut tx = db.begin().await?;
    let taken = on!(tx, c => {
        let query = sqlx::query(ACQUIRE).bind(name).bind(holder).bind(until.micros());
        query.bind(now.micros()).execute(c).await?.rows_affected()
    });
    tx.commit().await?;
    Ok(taken == 1)
}

/// Holds a lease for longer; false when it is no longer ours.
pub async fn renew(db: &Db, name: &str, holder: &str, until: Timestamp) -> StoreResult<bool> {
    let mut tx = db.begin().await?;
    let held = on!(tx, c => {
        let query = sqlx::query(RENEW).bind(name).bind(holder).bind(until.micros());
        query.execute(c).await?.rows_affected()
    });
    tx.commit().await?;
    Ok(held == 1)
}

/// Lets a lease go, if it is ours.
pub async fn release(db: &Db, name: &str, holder: &str) -> StoreResult<()> {
    let mut tx = db.begin().await?;
    on!(tx, c => {
        sqlx::query(RELEASE).bind(name).bind(holder).execute(c).await?;
    });
    tx.commit().await
}

/// All leases.
pub async fn list(source: impl Into<Source<'_>>) -> StoreResult<Vec<LeaseRow>> {
    let mut conn = source.into().open().await?;
    on!(conn, c => all(&sqlx::query(ALL).fetch_all(c).await?))
}
