//! What can go wrong with the book, in words that help.

use sqlx::{error::DatabaseError, migrate::MigrateError};

/// Shorthand of this crate.
pub type StoreResult<T> = Result<T, StoreError>;

/// The book could not do what was asked. Never holds a password: addresses are not part of it.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub struct StoreError {
    code: &'static str,
    message: String,
    hint: &'static str,
    retryable: bool,
}

impl StoreError {
    /// An error with a `code` from the list in this file.
    pub(crate) fn new(code: &'static str, hint: &'static str, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), hint, retryable: false }
    }

    /// Stable code, for the reference and for programs.
    pub fn code(&self) -> &'static str {
        self.code
    }

    /// What happened.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// What to do about it.
    pub fn hint(&self) -> Option<String> {
        Some(self.hint.to_owned())
    }

    /// Whether the same transaction may well succeed when it is tried again.
    pub fn is_retryable(&self) -> bool {
        self.retryable
    }

    fn again(mut self) -> Self {
        self.retryable = true;
        self
    }

    /// A row that this version of Daybook cannot read.
    pub(crate) fn unreadable(what: impl std::fmt::Display) -> Self {
        Self::new(
            "store-unreadable",
            "the book may have been written by a newer Daybook; start that version",
            format!("the book holds something this version cannot read: {what}"),
        )
    }

    fn unreachable(what: impl std::fmt::Display) -> Self {
        Self::new(
            "store-unreachable",
            "check that the database runs and that the address in the configuration is right",
            format!("the database cannot be reached: {what}"),
        )
        .again()
    }

    fn of_sqlite(code: i64, message: &str) -> Self {
        // The primary result code is the low byte (https://sqlite.org/rescode.html).
        match code & 0xff {
            5 | 6 => Self::new(
                "store-busy",
                "another program holds the book's file; close it, or wait",
                format!("the book is locked: {message}"),
            )
            .again(),
            8 => Self::new(
                "store-read-only",
                "give the user that runs Daybook the right to write the file and its folder",
                format!("the book cannot be written: {message}"),
            ),
            10 | 13 => Self::new(
                "store-disk",
                "free some space on the disk, or look at its health",
                format!("the disk refused the book: {message}"),
            ),
            11 | 26 => Self::new(
                "store-corrupt",
                "stop Daybook, keep a copy of the file, and restore the latest backup",
                format!("the book's file is damaged: {message}"),
            ),
            14 => Self::new(
                "store-unreachable",
                "check that the folder exists and that Daybook may write there",
                format!("the book's file cannot be opened: {message}"),
            ),
            19 => Self::new(
                "store-conflict",
                "two writers met; the work is tried again",
                format!("the book refused a row: {message}"),
            )
            .again(),
            _ => Self::failed(message),
        }
    }

    fn of_postgres(state: &str, message: &str) -> Self {
        match state {
            "40001" | "40P01" | "23505" | "55P03" => Self::new(
                "store-conflict",
                "two writers met; the work is tried again",
                format!("the database refused for the moment: {message}"),
            )
            .again(),
            "3D000" => Self::new(
                "store-unreachable",
                "create the database first, for example with createdb",
                message,
            ),
            "42501" => Self::new(
                "store-read-only",
                "give Daybook's database user the right to create and write tables",
                message,
            ),
            state if state.starts_with("28") => Self::new(
                "store-not-authorised",
                "check the database's user (book.url) and its password",
                message,
            ),
            state if state.starts_with("57") || state.starts_with("53") => {
                Self::unreachable(message)
            }
            _ => Self::failed(message),
        }
    }

    fn failed(message: impl std::fmt::Display) -> Self {
        Self::new(
            "store-failed",
            "this is a fault in Daybook; please report it with this message",
            format!("the database refused a statement: {message}"),
        )
    }

    fn of_database(error: &dyn DatabaseError) -> Self {
        let code = error.code().unwrap_or_default();
        if error.try_downcast_ref::<sqlx::sqlite::SqliteError>().is_some() {
            Self::of_sqlite(code.parse().unwrap_or(0), error.message())
        } else {
            Self::of_postgres(&code, error.message())
        }
    }
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        match error {
            sqlx::Error::Database(error) => Self::of_database(error.as_ref()),
            sqlx::Error::Io(error) => Self::unreachable(error),
            sqlx::Error::Tls(error) => Self::unreachable(error),
            error @ (sqlx::Error::PoolTimedOut
            | sqlx::Error::PoolClosed
            | sqlx::Error::WorkerCrashed) => Self::unreachable(error),
            error @ (sqlx::Error::ColumnDecode { .. }
            | sqlx::Error::ColumnNotFound(_)
            | sqlx::Error::Decode(_)) => Self::unreadable(error),
            error => Self::failed(error),
        }
    }
}

impl From<MigrateError> for StoreError {
    fn from(error: MigrateError) -> Self {
        match error {
            MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _) => error.into(),
            MigrateError::VersionMissing(_) => Self::new(
                "store-newer",
                "start the Daybook that last opened this book, or put the copy from before the upgrade back",
                "the book was written by a newer Daybook than this one",
            ),
            error => Self::new(
                "store-migration",
                "keep a copy of the book and report this message",
                format!("the book could not be brought up to date: {error}"),
            ),
        }
    }
}
