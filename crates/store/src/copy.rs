//! Copies of a SQLite book: a backup, and the one that is made before a book is brought up to date.

use std::{
    fs::{self, File},
    io,
    path::{Path, PathBuf},
};

use sqlx::{ConnectOptions, Connection, sqlite::SqliteConnectOptions};

use crate::{StoreError, StoreResult, open};

/// Writes a copy, as of now, while the work goes on.
pub(crate) async fn write(book: &Path, target: &Path) -> StoreResult<()> {
    if !open::create_private(target).map_err(sqlx::Error::Io)? {
        return Err(StoreError::new(
            "store-backup",
            "name a file that does not exist yet",
            format!("{} exists already and is not overwritten", target.display()),
        ));
    }
    let text = target.to_string_lossy().into_owned();
    let options = SqliteConnectOptions::new().filename(book).disable_statement_logging();
    let mut conn = options.connect().await?;
    sqlx::query("VACUUM INTO $1").bind(text).execute(&mut conn).await?;
    conn.close().await?;
    // The copy is worth something only once it is on the disk.
    File::open(target)
        .and_then(|file| file.sync_all())
        .map_err(|error| sqlx::Error::Io(error).into())
}

/// Keeps a copy of a book that is about to leave `version`. There is one such copy a version, the
/// latest: a program that fails at this again and again does not fill the disk.
pub(crate) async fn before_upgrade(book: &Path, version: i64) -> StoreResult<()> {
    let kept = beside(book, &format!(".schema-{version}"));
    let part = beside(&kept, ".part");
    let written = async {
        remove(&part).map_err(sqlx::Error::Io)?;
        write(book, &part).await?;
        fs::rename(&part, &kept).map_err(sqlx::Error::Io)?;
        sync_folder(book).map_err(|error| StoreError::from(sqlx::Error::Io(error)))
    };
    written.await.map_err(|error: StoreError| {
        StoreError::new(
            "store-upgrade-copy",
            "make room beside the book, or make a backup and set book.copy-before-upgrade = false",
            format!("the book cannot be copied before it is brought up to date: {error}"),
        )
    })?;
    tracing::info!(copy = %kept.display(), "an older Daybook's book was copied before its upgrade");
    Ok(())
}

/// The file that lies beside another, under its name and an ending.
pub(crate) fn beside(file: &Path, ending: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(ending);
    PathBuf::from(name)
}

/// Removes a file, if it is there.
pub(crate) fn remove(file: &Path) -> io::Result<()> {
    match fs::remove_file(file) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// Makes a new name in a file's folder outlive a power cut.
pub(crate) fn sync_folder(file: &Path) -> io::Result<()> {
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty());
    File::open(folder.unwrap_or(Path::new(".")))?.sync_all()
}
