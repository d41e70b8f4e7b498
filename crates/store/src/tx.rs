//! Transactions, and where reads look.

use sqlx::{Postgres, Sqlite, Transaction, pool::PoolConnection};

use crate::{Db, StoreResult, count::Moves, db::Pools, engine::Engine};

/// A transaction that writes. Dropped without [`Tx::commit`], it never happened.
#[derive(Debug)]
pub struct Tx {
    inner: Inner,
    shard: i64,
    pub(crate) moves: Moves,
}

#[derive(Debug)]
pub(crate) enum Inner {
    Sqlite(Transaction<'static, Sqlite>),
    Postgres(Transaction<'static, Postgres>),
}

/// Where a read looks: at what is committed (`&Db`), or also at what this transaction has
/// written (`&mut Tx`).
#[derive(Debug)]
pub enum Source<'a> {
    /// What is committed.
    Db(&'a Db),
    /// What this transaction sees.
    Tx(&'a mut Tx),
}

impl<'a> From<&'a Db> for Source<'a> {
    fn from(db: &'a Db) -> Self {
        Self::Db(db)
    }
}

impl<'a> From<&'a mut Tx> for Source<'a> {
    fn from(tx: &'a mut Tx) -> Self {
        Self::Tx(tx)
    }
}

/// A connection to read from.
pub(crate) enum Conn<'a> {
    Sqlite(PoolConnection<Sqlite>),
    Postgres(PoolConnection<Postgres>),
    Tx(&'a mut Tx),
}

impl<'a> Source<'a> {
    pub(crate) async fn open(self) -> StoreResult<Conn<'a>> {
        Ok(match self {
            Self::Tx(tx) => Conn::Tx(tx),
            Self::Db(db) => match &db.pools {
                Pools::Sqlite { read, .. } => Conn::Sqlite(read.acquire().await?),
                Pools::Postgres(pool) => Conn::Postgres(pool.acquire().await?),
            },
        })
    }
}

impl Conn<'_> {
    pub(crate) fn engine(&mut self) -> Engine<'_> {
        match self {
            Self::Sqlite(conn) => Engine::Sqlite(conn),
            Self::Postgres(conn) => Engine::Postgres(conn),
            Self::Tx(tx) => tx.engine(),
        }
    }
}

impl Tx {
    pub(crate) fn new(inner: Inner, shard: i64) -> Self {
        Self { inner, shard, moves: Moves::default() }
    }

    /// Makes everything in this transaction so, at once and for good.
    pub async fn commit(mut self) -> StoreResult<()> {
        crate::count::flush(&mut self).await?;
        match self.inner {
            Inner::Sqlite(tx) => tx.commit().await?,
            Inner::Postgres(tx) => tx.commit().await?,
        }
        Ok(())
    }

    /// Undoes everything in this transaction. Dropping it does the same, a little later.
    pub async fn rollback(self) -> StoreResult<()> {
        match self.inner {
            Inner::Sqlite(tx) => tx.rollback().await?,
            Inner::Postgres(tx) => tx.rollback().await?,
        }
        Ok(())
    }

    /// The journal mode and the `synchronous` level that a SQLite book really has.
    pub async fn settings(&mut self) -> StoreResult<Option<(String, i64)>> {
        let Inner::Sqlite(tx) = &mut self.inner else { return Ok(None) };
        let journal = sqlx::query_scalar("PRAGMA journal_mode").fetch_one(&mut **tx).await?;
        let synchronous = sqlx::query_scalar("PRAGMA synchronous").fetch_one(&mut **tx).await?;
        Ok(Some((journal, synchronous)))
    }

    pub(crate) fn engine(&mut self) -> Engine<'_> {
        match &mut self.inner {
            Inner::Sqlite(tx) => Engine::Sqlite(tx),
            Inner::Postgres(tx) => Engine::Postgres(tx),
        }
    }

    /// The engine's own transaction, for what only one of them needs.
    pub(crate) fn inner_mut(&mut self) -> &mut Inner {
        &mut self.inner
    }

    pub(crate) fn shard(&self) -> i64 {
        self.shard
    }

    /// What makes a `SELECT` lock its rows; SQLite's writer is alone already.
    pub(crate) fn for_update(&self) -> &'static str {
        match self.inner {
            Inner::Sqlite(_) => "",
            Inner::Postgres(_) => " FOR UPDATE",
        }
    }

    /// What makes a `SELECT` keep its rows as they are until the transaction ends, for any number of
    /// readers at once.
    pub(crate) fn for_share(&self) -> &'static str {
        match self.inner {
            Inner::Sqlite(_) => "",
            Inner::Postgres(_) => " FOR SHARE",
        }
    }

    /// As [`Tx::for_update`], passing over rows that another worker holds.
    pub(crate) fn skip_locked(&self) -> &'static str {
        match self.inner {
            Inner::Sqlite(_) => "",
            Inner::Postgres(_) => " FOR UPDATE SKIP LOCKED",
        }
    }
}
