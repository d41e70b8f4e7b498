//! Leases: one process at a time does what must be done by one only.

use daybook_domain::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;
use sqlx::QueryBuilder;

use crate::{
    Db, Source, StoreResult, Tx,
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

const ACQUIRE_ALL: &str = "INSERT INTO lease (name, holder, until) ";
const UNLESS_HELD: &str = " ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, \
    until = excluded.until WHERE lease.holder = excluded.holder OR lease.until <= ";
/// In the order of names, as they are taken: two processes never wait for each other in a circle.
const RELEASE_ALL: &str = "DELETE FROM lease WHERE name IN (SELECT name FROM lease WHERE holder = ";

/// A lease that is or was held.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
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

/// Takes or renews as many of these leases as are free, in one transaction; returns how many. The
/// names are given in their order.
pub async fn acquire_all(
    db: &Db,
    now: Timestamp,
    names: &[String],
    holder: &str,
    until: Timestamp,
) -> StoreResult<usize> {
    if names.is_empty() {
        return Ok(0);
    }
    let mut tx = db.begin().await?;
    let taken = on!(tx, c => {
        let mut query = QueryBuilder::<Sql>::new(ACQUIRE_ALL);
        query.push_values(names, |mut row, name| {
            row.push_bind(name.as_str()).push_bind(holder).push_bind(until.micros());
        });
        query.push(UNLESS_HELD).push_bind(now.micros());
        query.build().execute(c).await?.rows_affected()
    });
    tx.commit().await?;
    Ok(usize::try_from(taken).unwrap_or_default())
}

/// Lets those of these leases go that are ours.
pub async fn release_all(db: &Db, names: &[String], holder: &str) -> StoreResult<()> {
    if names.is_empty() {
        return Ok(());
    }
    let mut tx = db.begin().await?;
    let lock = tx.for_update();
    on!(tx, c => {
        let mut query = QueryBuilder::<Sql>::new(RELEASE_ALL);
        query.push_bind(holder).push(" AND name IN (");
        let mut list = query.separated(", ");
        for name in names {
            list.push_bind(name.as_str());
        }
        query.push(") ORDER BY name").push(lock).push(")").build().execute(c).await?;
    });
    tx.commit().await
}

/// Holds a lease for longer; false when it is no longer ours.
pub async fn renew(db: &Db, name: &str, holder: &str, until: Timestamp) -> StoreResult<bool> {
    let mut tx = db.begin().await?;
    let held = hold(&mut tx, name, holder, until).await?;
    tx.commit().await?;
    Ok(held)
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

/// Holds a lease for a transaction that must not be written by whoever has lost it: renews it, and
/// says whether it is still the holder's. Who takes it over meanwhile waits, or this waits for them.
pub async fn hold(tx: &mut Tx, name: &str, holder: &str, until: Timestamp) -> StoreResult<bool> {
    Ok(on!(tx, c => {
        let query = sqlx::query(RENEW).bind(name).bind(holder).bind(until.micros());
        query.execute(c).await?.rows_affected()
    }) == 1)
}
