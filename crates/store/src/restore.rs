//! Putting a copy of the book back: only where nothing is lost by it, and only once every chain of
//! the copy was walked from its beginning to its end.

use std::{fs, io, path::Path};

use daybook_domain::Timestamp;
use sqlx::{ConnectOptions, Connection, SqliteConnection, sqlite::SqliteConnectOptions};

use crate::{
    Db, DbUrl, OpenOptions, StoreError, StoreResult, audit, copy,
    evidence::{self, Evidence, ReadPayload},
    lease, lock, open, watermark,
};

/// The watermark that is 1 in a book that was put back and has not worked since: what was posted
/// after the copy was made is not in it, so everything is looked up before it is sent.
pub const MARK: &str = "put-back";

/// What SQLite keeps beside a book.
const LOGS: [&str; 2] = ["-wal", "-shm"];

const HAS_TABLE: &str = "SELECT name FROM sqlite_master WHERE type = 'table' AND name = 'entry'";
const HAS_ROWS: &str = "SELECT EXISTS (SELECT 1 FROM entry) OR EXISTS (SELECT 1 FROM audit) AS has";
const INTEGRITY: &str = "PRAGMA integrity_check(1)";

/// Proves that a copy could be put back, on a copy of its own beside `book`.
pub async fn verify_copy(book: &Path, from: &Path, read: ReadPayload) -> StoreResult<Evidence> {
    let trial = Trial::of(book, from, ".verifying").await?;
    let found = evidence::verify(&trial.db, read).await;
    trial.end().await?;
    found
}

/// Puts the copy `from` in the place of `book`, unless it is not as it was written: then nothing is
/// changed, and the evidence says what is broken.
pub async fn from_copy(
    book: &Path,
    from: &Path,
    (now, actor): (Timestamp, &str),
    read: ReadPayload,
) -> StoreResult<Evidence> {
    let _alone = lock::take(book)?;
    vacant(book).await?;
    let trial = Trial::of(book, from, ".restoring").await?;
    let found = match evidence::verify(&trial.db, read).await {
        Ok(found) if found.is_whole() => found,
        other => {
            trial.end().await?;
            return other;
        }
    };
    if let Err(error) = mark(&trial.db, now, actor, "put-back").await {
        trial.end().await?;
        return Err(error);
    }
    trial.take_place(book).await?;
    Ok(found)
}

/// Proves that a book is whole which the database's own tools have put back, and marks it.
pub async fn in_place(
    db: &Db,
    (now, actor): (Timestamp, &str),
    read: ReadPayload,
) -> StoreResult<Evidence> {
    let busy = lease::list(db).await?.into_iter().map(|lease| lease.until).max();
    if let Some(until) = busy.filter(|until| *until > now) {
        return Err(StoreError::new(
            "store-in-use",
            "stop it first; if this is a copy that was put back, wait until then",
            format!("a Daybook is at work on this book, or was when it was copied: until {until}"),
        ));
    }
    let found = evidence::verify(db, read).await?;
    if found.is_whole() {
        mark(db, now, actor, "put-back").await?;
    }
    Ok(found)
}

/// A new book over days that were posted: as if it had been put back.
pub async fn look_up_first(db: &Db, now: Timestamp, actor: &str) -> StoreResult<()> {
    mark(db, now, actor, "look-up-first").await
}

async fn mark(db: &Db, now: Timestamp, actor: &str, act: &str) -> StoreResult<()> {
    let mut tx = db.begin().await?;
    watermark::set(&mut tx, now, MARK, 1).await?;
    audit::append(&mut tx, now, actor, act, "book", "{}").await?;
    tx.commit().await
}

/// A copy of the copy, in the book's folder, so that the one that was kept stays as it is.
struct Trial {
    db: Db,
    file: std::path::PathBuf,
}

impl Trial {
    async fn of(book: &Path, from: &Path, ending: &str) -> StoreResult<Self> {
        let file = copy::beside(book, ending);
        clear(&file).map_err(|error| failed(&file, &error))?;
        match Self::made(&file, from).await {
            Ok(db) => Ok(Self { db, file }),
            Err(error) => {
                clear(&file).map_err(|error| failed(&file, &error))?;
                Err(error)
            }
        }
    }

    async fn made(file: &Path, from: &Path) -> StoreResult<Db> {
        // A file that was copied without Daybook may have its latest part in a log beside it.
        for ending in ["", "-wal"] {
            let (from, to) = (copy::beside(from, ending), copy::beside(file, ending));
            if ending.is_empty() || from.exists() {
                duplicate(&from, &to).map_err(|error| failed(&from, &error))?;
            }
        }
        let mut conn = connect(file).await?;
        let sound: String = sqlx::query_scalar(INTEGRITY).fetch_one(&mut conn).await?;
        let is_book = sqlx::query(HAS_TABLE).fetch_optional(&mut conn).await?.is_some();
        conn.close().await?;
        if sound != "ok" || !is_book {
            let what = if is_book { sound.as_str() } else { "it is no book of Daybook's" };
            return Err(StoreError::new(
                "store-restore",
                "take another copy",
                format!("the copy cannot be used: {what}"),
            ));
        }
        let options = OpenOptions { copy_before_upgrade: false, ..OpenOptions::default() };
        Db::open(&DbUrl::Sqlite(file.to_owned()), options).await
    }

    async fn end(self) -> StoreResult<()> {
        self.db.close().await;
        clear(&self.file).map_err(|error| failed(&self.file, &error))
    }

    async fn take_place(self, book: &Path) -> StoreResult<()> {
        // Closing folds the log into the file, so that the file is the whole book.
        self.db.close().await;
        let moved = || -> io::Result<()> {
            for ending in LOGS {
                copy::remove(&copy::beside(book, ending))?;
            }
            fs::rename(&self.file, book)?;
            clear(&self.file)?;
            copy::sync_folder(book)
        };
        moved().map_err(|error| failed(book, &error))
    }
}

/// Nothing may be lost: there is no book yet, or an empty one.
async fn vacant(book: &Path) -> StoreResult<()> {
    let size = |file: &Path| fs::metadata(file).map_or(0, |found| found.len());
    let log = size(&copy::beside(book, "-wal")) > 0;
    let empty = if size(book) == 0 {
        !log
    } else {
        let mut conn = connect(book).await?;
        let known = sqlx::query(HAS_TABLE).fetch_optional(&mut conn).await?.is_some();
        let used = known && sqlx::query_scalar(HAS_ROWS).fetch_one(&mut conn).await?;
        conn.close().await?;
        !used
    };
    if empty {
        return Ok(());
    }
    Err(StoreError::new(
        "store-not-empty",
        "move the book and what lies beside it (-wal, -shm) away and keep them: they may know more",
        format!("there is a book at {}, and it is not empty", book.display()),
    ))
}

async fn connect(file: &Path) -> StoreResult<SqliteConnection> {
    let options = SqliteConnectOptions::new().filename(file).disable_statement_logging();
    Ok(options.connect().await?)
}

fn duplicate(from: &Path, to: &Path) -> io::Result<()> {
    open::create_private(to)?;
    let mut target = fs::OpenOptions::new().write(true).truncate(true).open(to)?;
    io::copy(&mut fs::File::open(from)?, &mut target)?;
    target.sync_all()
}

fn clear(file: &Path) -> io::Result<()> {
    for ending in ["", "-wal", "-shm", ".lock"] {
        copy::remove(&copy::beside(file, ending))?;
    }
    Ok(())
}

fn failed(file: &Path, error: &io::Error) -> StoreError {
    StoreError::new(
        "store-restore",
        "check the path, its permissions, and that the disk has room for another copy",
        format!("{}: {error}", file.display()),
    )
}
