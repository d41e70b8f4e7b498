//! Opening the book, and transactions.

use std::{
    path::{Path, PathBuf},
    str::FromStr,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use sqlx::{
    ConnectOptions, Connection, PgPool, Postgres, Sqlite, SqlitePool, Transaction,
    pool::PoolConnection,
    postgres::{PgConnectOptions, PgPoolOptions},
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};

use crate::{
    DbUrl, StoreError, StoreResult, WorkerLock, count::Moves, engine::Engine, lock, migrate,
};

/// Parallel writers on PostgreSQL keep their counters apart in so many shards.
const SHARDS: i64 = 16;

/// Statements a connection keeps prepared.
const PREPARED: usize = 192;

/// How a commit reaches the disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Synchronous {
    /// A commit outlives a power cut. The only choice outside tests.
    Full,
    /// A commit outlives a crash of the program only: for tests.
    Off,
}

/// How a book is opened.
#[derive(Debug, Clone)]
pub struct OpenOptions {
    /// How a commit reaches the disk (SQLite; PostgreSQL has its own settings).
    pub synchronous: Synchronous,
    /// Connections to PostgreSQL, or readers of a SQLite book.
    pub max_connections: u32,
    /// How long to wait for a free connection or a lock.
    pub patience: Duration,
}

impl Default for OpenOptions {
    fn default() -> Self {
        Self {
            synchronous: Synchronous::Full,
            max_connections: 8,
            patience: Duration::from_secs(30),
        }
    }
}

#[derive(Debug, Clone)]
enum Pools {
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
    pools: Pools,
    next_shard: Arc<AtomicI64>,
}

/// A transaction that writes. Dropped without [`Tx::commit`], it never happened.
#[derive(Debug)]
pub struct Tx {
    inner: Inner,
    shard: i64,
    pub(crate) moves: Moves,
}

#[derive(Debug)]
enum Inner {
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

impl Db {
    /// Opens the book, creates it if it is new (SQLite), and brings it up to date.
    pub async fn open(url: &DbUrl, options: OpenOptions) -> StoreResult<Self> {
        let pools = match url {
            DbUrl::Sqlite(path) => open_sqlite(path, &options).await?,
            DbUrl::Postgres(connect) => open_postgres(connect, &options).await?,
        };
        Ok(Self { pools, next_shard: Arc::new(AtomicI64::new(i64::from(std::process::id()))) })
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
        Ok(Tx { inner, shard, moves: Moves::default() })
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
        if target.exists() {
            return Err(StoreError::new(
                "store-backup",
                "name a file that does not exist yet",
                format!("{} exists already and is not overwritten", target.display()),
            ));
        }
        let text = target.to_string_lossy().into_owned();
        let options = SqliteConnectOptions::new().filename(path).disable_statement_logging();
        let mut conn = options.connect().await?;
        sqlx::query("VACUUM INTO $1").bind(text).execute(&mut conn).await?;
        conn.close().await?;
        // The copy is worth something only once it is on the disk.
        std::fs::File::open(target)
            .and_then(|file| file.sync_all())
            .map_err(|error| sqlx::Error::Io(error).into())
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

impl Tx {
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

    /// As [`Tx::for_update`], passing over rows that another worker holds.
    pub(crate) fn skip_locked(&self) -> &'static str {
        match self.inner {
            Inner::Sqlite(_) => "",
            Inner::Postgres(_) => " FOR UPDATE SKIP LOCKED",
        }
    }
}

async fn open_sqlite(path: &Path, options: &OpenOptions) -> StoreResult<Pools> {
    let synchronous = match options.synchronous {
        Synchronous::Full => SqliteSynchronous::Full,
        Synchronous::Off => SqliteSynchronous::Off,
    };
    let connect = SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(synchronous)
        .foreign_keys(true)
        .busy_timeout(options.patience)
        .statement_cache_capacity(PREPARED)
        // A log that once grew large is cut back, so that start-up never reads a huge one.
        .pragma("journal_size_limit", "67108864")
        .disable_statement_logging();
    // 8 MiB for the writer and 2 for each reader: the whole product stays below 64 MiB.
    let write = SqlitePoolOptions::new()
        .max_connections(1)
        .acquire_timeout(options.patience)
        .idle_timeout(None)
        .max_lifetime(None)
        .test_before_acquire(false)
        .connect_with(connect.clone().pragma("cache_size", "-8192"))
        .await?;
    migrate::sqlite(&write).await?;
    let read = SqlitePoolOptions::new()
        .max_connections(options.max_connections.clamp(1, 4))
        .acquire_timeout(options.patience)
        .idle_timeout(None)
        .max_lifetime(None)
        .test_before_acquire(false)
        .connect_with(connect.pragma("cache_size", "-2048").pragma("query_only", "ON"))
        .await?;
    Ok(Pools::Sqlite { read, write, path: path.to_owned() })
}

async fn open_postgres(connect: &PgConnectOptions, options: &OpenOptions) -> StoreResult<Pools> {
    let connect = connect
        .clone()
        .application_name("daybook")
        .statement_cache_capacity(PREPARED)
        .disable_statement_logging();
    // The pool would try again and again until its patience is over; a wrong address is told now.
    connect.connect().await?.close().await?;
    let pool = PgPoolOptions::new()
        .max_connections(options.max_connections.max(1))
        .acquire_timeout(options.patience)
        // Asking a connection that was used a moment ago whether it lives costs a round trip.
        .test_before_acquire(false)
        .before_acquire(|conn, meta| {
            Box::pin(async move {
                if meta.idle_for > Duration::from_secs(2) {
                    conn.ping().await?;
                }
                Ok(true)
            })
        })
        .connect_with(connect)
        .await?;
    migrate::postgres(&pool).await?;
    Ok(Pools::Postgres(pool))
}

impl Db {
    /// Opens the book at an address, for callers that hold text.
    pub async fn open_at(address: &str, options: OpenOptions) -> StoreResult<Self> {
        Self::open(&DbUrl::from_str(address)?, options).await
    }
}
