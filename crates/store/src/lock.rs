//! One worker a SQLite book: a lock file beside it, which the operating system lets go of when
//! the process ends, however it ends.

use std::{
    fs::{File, OpenOptions, TryLockError},
    os::unix::fs::OpenOptionsExt as _,
    path::Path,
};

use crate::{StoreError, StoreResult};

/// The right to work on a book; let go when dropped.
#[derive(Debug)]
pub struct WorkerLock {
    /// Only held, never read: closing it is what lets go.
    _file: Option<File>,
}

impl WorkerLock {
    pub(crate) const fn shared() -> Self {
        Self { _file: None }
    }
}

pub(crate) fn take(book: &Path) -> StoreResult<WorkerLock> {
    let mut name = book.as_os_str().to_owned();
    name.push(".lock");
    let failed = |error: std::io::Error| {
        StoreError::new(
            "store-lock",
            "check that Daybook may write to the folder of the book",
            format!("the lock file beside the book cannot be taken: {error}"),
        )
    };
    let file = OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .mode(0o600)
        .open(name)
        .map_err(failed)?;
    match file.try_lock() {
        Ok(()) => Ok(WorkerLock { _file: Some(file) }),
        Err(TryLockError::Error(error)) => Err(failed(error)),
        Err(TryLockError::WouldBlock) => Err(StoreError::new(
            "store-in-use",
            "stop the other one first, or use PostgreSQL, where many may share the work",
            "another Daybook is at work on this book",
        )),
    }
}
