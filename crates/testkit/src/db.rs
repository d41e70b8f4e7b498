//! Books for tests: every test of the store runs on both engines.

use std::{future::Future, path::Path};

use daybook_store::{Db, DbUrl, OpenOptions, Synchronous};
use tempfile::TempDir;

use crate::pg;

/// An empty book, gone with this value (SQLite) or with [`TestBook::remove`] (PostgreSQL).
#[derive(Debug)]
pub struct TestBook {
    /// The book.
    pub db: Db,
    /// Its address, for a second process.
    pub url: String,
    /// The folder of a SQLite book.
    pub folder: TempDir,
}

/// How tests open a book: nothing has to outlive the machine.
pub fn options() -> OpenOptions {
    OpenOptions { synchronous: Synchronous::Off, ..OpenOptions::default() }
}

impl TestBook {
    /// A new book on SQLite.
    pub async fn sqlite() -> Self {
        let folder = folder();
        let url = sqlite_url(folder.path());
        Self { db: open(&url).await, url, folder }
    }

    /// A new book on PostgreSQL.
    pub async fn postgres() -> Self {
        let url = pg::fresh_book(|url| async move { open(&url).await.close().await }).await;
        Self { db: open(&url).await, url, folder: folder() }
    }

    /// Opens the same book once more, as a second process would.
    pub async fn again(&self) -> Db {
        open(&self.url).await
    }

    /// Closes the book and removes it.
    pub async fn remove(self) {
        self.db.close().await;
        if self.url.starts_with("postgres") {
            pg::drop_database(&self.url).await;
        }
    }
}

/// The address of the SQLite book in `folder`.
pub fn sqlite_url(folder: &Path) -> String {
    format!("sqlite:{}", folder.join("book.db").display())
}

#[expect(clippy::expect_used, reason = "a test without its book cannot go on")]
fn folder() -> TempDir {
    tempfile::Builder::new().prefix("daybook-book-").tempdir().expect("a folder for the book")
}

#[expect(clippy::expect_used, reason = "a test without its book cannot go on")]
async fn open(url: &str) -> Db {
    let url: DbUrl = url.parse().expect("an address");
    Db::open(&url, options()).await.expect("the book opens")
}

/// Runs `test` with an empty book on SQLite, then with one on PostgreSQL.
pub async fn for_each_engine<F, Fut>(test: F)
where
    F: Fn(Db) -> Fut,
    Fut: Future<Output = ()>,
{
    for_each_book(|db, _| test(db)).await;
}

/// As [`for_each_engine`], with the book's address.
#[expect(clippy::print_stdout, reason = "a failing test must say on which engine")]
pub async fn for_each_book<F, Fut>(test: F)
where
    F: Fn(Db, String) -> Fut,
    Fut: Future<Output = ()>,
{
    for engine in ["sqlite", "postgres"] {
        println!("on {engine}:");
        let book = match engine {
            "sqlite" => TestBook::sqlite().await,
            _ => TestBook::postgres().await,
        };
        test(book.db.clone(), book.url.clone()).await;
        book.remove().await;
    }
}
