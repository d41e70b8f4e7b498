//! Opening the book's file, or the connections to its server.

use std::{io::ErrorKind, os::unix::fs::OpenOptionsExt, path::Path, time::Duration};

use sqlx::{
    ConnectOptions, Connection, SqlitePool,
    postgres::{PgConnectOptions, PgPoolOptions},
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};

use crate::{StoreError, StoreResult, copy, db::Pools, lock, migrate};

/// Statements a connection keeps prepared.
const PREPARED: usize = 192;

/// Rows that SQLite's thread may be ahead of us: it reads a batch without waiting for every row to
/// be taken. What is read is collected anyway.
const ROWS_AHEAD: usize = 1_024;

/// A database server that is away is told within seconds; a lock of SQLite's file may be held longer.
const SERVER_PATIENCE: Duration = Duration::from_secs(10);

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
    /// How long to wait for a free connection or a lock (PostgreSQL: at most ten seconds).
    pub patience: Duration,
    /// Whether a SQLite book of an older Daybook is copied before it is brought up to date.
    pub copy_before_upgrade: bool,
}

impl Default for OpenOptions {
    fn default() -> Self {
        Self {
            synchronous: Synchronous::Full,
            max_connections: 8,
            patience: Duration::from_secs(30),
            copy_before_upgrade: true,
        }
    }
}

/// Makes an empty file that only its owner may read: the book holds shoppers' data. SQLite's files
/// beside it get the same rights. False when there is one already.
pub(crate) fn create_private(path: &Path) -> std::io::Result<bool> {
    let made = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path);
    match made {
        Ok(_) => Ok(true),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(false),
        Err(error) => Err(error),
    }
}

pub(crate) async fn sqlite(path: &Path, options: &OpenOptions) -> StoreResult<Pools> {
    create_private(path).map_err(|error| {
        StoreError::new(
            "store-unreachable",
            "check that the folder exists and that Daybook may write there",
            format!("the book's file {} cannot be made: {error}", path.display()),
        )
    })?;
    let synchronous = match options.synchronous {
        Synchronous::Full => SqliteSynchronous::Full,
        Synchronous::Off => SqliteSynchronous::Off,
    };
    let connect = SqliteConnectOptions::new()
        .filename(path)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(synchronous)
        .foreign_keys(true)
        .busy_timeout(options.patience)
        .statement_cache_capacity(PREPARED)
        .row_buffer_size(ROWS_AHEAD)
        // Fewer, larger check-points: a page that changes often is written back once.
        .pragma("wal_autocheckpoint", "4000")
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
    upgrade(path, &write, options).await?;
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

/// Brings the book up to date. One that an older Daybook is still at work on is left alone.
async fn upgrade(path: &Path, book: &SqlitePool, options: &OpenOptions) -> StoreResult<()> {
    let alone = match migrate::outdated(book).await? {
        Some(version) => {
            let alone = lock::take(path)?;
            if options.copy_before_upgrade {
                copy::before_upgrade(path, version).await?;
            }
            Some(alone)
        }
        None => None,
    };
    migrate::sqlite(book).await?;
    drop(alone);
    Ok(())
}

pub(crate) async fn postgres(
    connect: &PgConnectOptions,
    options: &OpenOptions,
) -> StoreResult<Pools> {
    let connect = connect
        .clone()
        .application_name("daybook")
        .statement_cache_capacity(PREPARED)
        .disable_statement_logging();
    // The pool would try again and again until its patience is over; a wrong address is told now.
    connect.connect().await?.close().await?;
    let pool = PgPoolOptions::new()
        .max_connections(options.max_connections.max(1))
        .acquire_timeout(options.patience.min(SERVER_PATIENCE))
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
