//! Where the book is.

use std::{fmt, path::PathBuf, str::FromStr};

use sqlx::postgres::PgConnectOptions;

use crate::StoreError;

/// The address of a book: `sqlite:/var/lib/daybook/book.db` or `postgres://user@host/name`.
/// Printing it never shows a password.
#[derive(Clone)]
pub enum DbUrl {
    /// A file.
    Sqlite(PathBuf),
    /// A database on a PostgreSQL server.
    Postgres(Box<PgConnectOptions>),
}

impl FromStr for DbUrl {
    type Err = StoreError;

    fn from_str(text: &str) -> Result<Self, StoreError> {
        let wrong = || {
            StoreError::new(
                "store-address",
                "use sqlite:PATH or postgres://USER@HOST/NAME",
                "the database address is not one that Daybook understands",
            )
        };
        let text = text.trim();
        if let Some(path) = text.strip_prefix("sqlite:") {
            let path = path.strip_prefix("//").unwrap_or(path);
            return if path.is_empty() { Err(wrong()) } else { Ok(Self::Sqlite(path.into())) };
        }
        if text.starts_with("postgres://") || text.starts_with("postgresql://") {
            // The parser's own message could repeat parts of the address.
            let options = text.parse::<PgConnectOptions>().map_err(|_| wrong())?;
            return Ok(Self::Postgres(Box::new(options)));
        }
        Err(wrong())
    }
}

impl fmt::Display for DbUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(path) => write!(f, "sqlite:{}", path.display()),
            Self::Postgres(options) => write!(
                f,
                "postgres://{}@{}:{}/{}",
                options.get_username(),
                options.get_host(),
                options.get_port(),
                options.get_database().unwrap_or_default(),
            ),
        }
    }
}

impl fmt::Debug for DbUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::DbUrl;

    #[test]
    fn a_password_is_never_shown() {
        let url: DbUrl = "postgres://daybook:hunter2@db.example:5433/book".parse().unwrap();
        assert_eq!(format!("{url} {url:?}").matches("hunter2").count(), 0);
        assert_eq!(url.to_string(), "postgres://daybook@db.example:5433/book");
        let error = "postgres://daybook:hunter2@[broken/book".parse::<DbUrl>().unwrap_err();
        assert!(!format!("{error} {error:?}").contains("hunter2"));
    }

    #[test]
    fn paths_come_in_both_spellings() {
        for text in ["sqlite:/tmp/book.db", "sqlite:///tmp/book.db"] {
            let url: DbUrl = text.parse().unwrap();
            assert_eq!(url.to_string(), "sqlite:/tmp/book.db");
        }
        assert!("mysql://x".parse::<DbUrl>().is_err());
        assert!("sqlite:".parse::<DbUrl>().is_err());
    }
}
