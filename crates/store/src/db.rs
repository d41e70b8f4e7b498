//! The book, whichever engine is behind it.

use std::{
    path::{Path, PathBuf},
    str::FromStr,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
};

use sqlx::{Connection, PgPool, SqlitePool};

use crate::{
    DbUrl, OpenOptions, Source, StoreError, StoreResult, Tx, WorkerLock, copy, lock, open,
    tx::Inner,
};

/// Parallel writers on PostgreSQL keep their counters apart in so many shards.
const SHARDS: i64 = 16;

#[derive(Debug, Clone)]
pub(crate) enum Pools {
    /// One writer, so that "database is locked" cannot happen, and some readers beside it.
    Sqlite {
        read: SqlitePool,
        write: SqlitePool,
        path: PathBuf,
    },
    Postgres(PgPool),
}

/// The book. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Db {
    pub(crate) pools: Pools,
    next_shard: Arc<AtomicI64>,
}

impl Db {
    /// Opens the book, creates it if it is new (SQLite), and brings it up to date.
    pub async fn open(url: &DbUrl, options: OpenOptions) -> StoreResult<Self> {
        let pools = match url {
            DbUrl::Sqlite(path) => open::sqlite(path, &options).await?,
            DbUrl::Postgres(connect) => open::postgres(connect, &options).await?,
        };
        Ok(Self { pools, next_shard: Arc::new(AtomicI64::new(i64::from(std::process::id()))) })
    }

    /// Opens the book at an address, for callers that hold text.
    pub async fn open_at(address: &str, options: OpenOptions) -> StoreResult<Self> {
        Self::open(&DbUrl::from_str(address)?, options).await
    }

    /// Begins a transaction. On SQLite it is the only one that writes until it ends.
    pub async fn begin(&self) -> StoreResult<Tx> {
        let (inner, shard) = match &self.pools {
            Pools::Sqlite { write, .. } => {
                (Inner::Sqlite(write.begin_with("BEGIN IMMEDIATE").await?), 0)
            }
            Pools::Postgres(pool) => {
                let shard = self.next_shard.fetch_add(1, Ordering::Relaxed).rem_euclid(SHARDS);
                (Inner::Postgres(pool.begin().await?), shard)
            }
        };
        Ok(Tx::new(inner, shard))
    }

    /// Begins a look at one moment of the book, for what is read in several steps: it waits for no
    /// writer and nobody waits for it. Whatever it would write is refused.
    pub async fn look(&self) -> StoreResult<Tx> {
        let inner = match &self.pools {
            // The pool's connections may only read.
            Pools::Sqlite { read, .. } => Inner::Sqlite(read.begin_with("BEGIN").await?),
            Pools::Postgres(pool) => {
                let begin = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
                Inner::Postgres(pool.begin_with(begin).await?)
            }
        };
        Ok(Tx::new(inner, 0))
    }

    /// `sqlite` or `postgres`.
    pub fn engine_name(&self) -> &'static str {
        match self.pools {
            Pools::Sqlite { .. } => "sqlite",
            Pools::Postgres(_) => "postgres",
        }
    }

    /// Whether only one process can be at work on this book: on SQLite, whoever holds the
    /// [`WorkerLock`] knows that every other worker is gone.
    pub fn is_ours_alone(&self) -> bool {
        matches!(self.pools, Pools::Sqlite { .. })
    }

    /// Room left and in all, in bytes, on the disk of a SQLite book; a server's disk is not ours to see.
    pub fn disk(&self) -> Option<(u64, u64)> {
        let Pools::Sqlite { path, .. } = &self.pools else { return None };
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
        let folder = folder.unwrap_or_else(|| Path::new("."));
        fs4::available_space(folder).ok().zip(fs4::total_space(folder).ok())
    }

    /// Whether the book answers.
    pub async fn ping(&self) -> StoreResult<()> {
        let mut conn = Source::Db(self).open().await?;
        on!(conn, c => c.ping().await)?;
        Ok(())
    }

    /// Takes the right to work on this book. On SQLite a second process is refused until the
    /// first has ended, however it ended; on PostgreSQL any number may share the work.
    pub fn worker_lock(&self) -> StoreResult<WorkerLock> {
        match &self.pools {
            Pools::Sqlite { path, .. } => lock::take(path),
            Pools::Postgres(_) => Ok(WorkerLock::shared()),
        }
    }

    /// Writes a copy of a SQLite book, as of now, while the work goes on.
    pub async fn backup_to(&self, target: &Path) -> StoreResult<()> {
        let Pools::Sqlite { path, .. } = &self.pools else {
            return Err(StoreError::new(
                "store-backup",
                "use pg_dump, or your server's own backup",
                "Daybook backs up SQLite books only",
            ));
        };
        copy::write(path, target).await
    }

    /// Ends all connections. The last one folds SQLite's write-ahead log into the book.
    pub async fn close(&self) {
        match &self.pools {
            Pools::Sqlite { read, write, .. } => {
                read.close().await;
                write.close().await;
            }
            Pools::Postgres(pool) => pool.close().await,
        }
    }
}
