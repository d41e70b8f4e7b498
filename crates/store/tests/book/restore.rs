//! A copy is put back: proved first, never over a book, and marked.

use std::{fs, path::Path, process::Command};

use daybook_store::{
    Db, DbUrl, StoreResult, audit, entry,
    evidence::{Evidence, Part},
    lease, restore, watermark,
};

use crate::{
    common::{at, raw, record, sale},
    db::{TestBook, options, sqlite_url},
    pg,
};

/// A book with ten sales in it, and a copy of it.
async fn copied() -> (TestBook, std::path::PathBuf) {
    let book = TestBook::sqlite().await;
    record(&book.db, &(1..=10).map(sale).collect::<Vec<_>>()).await;
    let copy = book.folder.path().join("copy.db");
    book.db.backup_to(&copy).await.unwrap();
    (book, copy)
}

async fn put(copy: &Path, folder: &Path) -> StoreResult<Evidence> {
    restore::from_copy(&folder.join("book.db"), copy, (at(9), "ada"), |_| None).await
}

async fn is_as_it_was(db: &Db) {
    assert_eq!(entry::counts(db).await.unwrap()[0].entries, 10);
    assert_eq!(watermark::get(db, restore::MARK).await.unwrap(), Some(1));
    let act = &audit::list(db, None, 1).await.unwrap()[0];
    assert_eq!((act.actor.as_str(), act.action.as_str()), ("ada", "put-back"));
}

fn files(folder: &Path) -> Vec<String> {
    let names = fs::read_dir(folder).unwrap();
    let mut names: Vec<String> =
        names.map(|file| file.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[tokio::test]
async fn a_copy_is_put_back_whole_and_marked() {
    let (_book, copy) = copied().await;
    let folder = tempfile::tempdir().unwrap();
    let found = put(&copy, folder.path()).await.unwrap();
    assert_eq!((found.entries, found.is_whole()), (10, true));
    assert_eq!(files(folder.path()), ["book.db", "book.db.lock"]);
    is_as_it_was(&Db::open_at(&sqlite_url(folder.path()), options()).await.unwrap()).await;
}

#[tokio::test]
async fn a_copy_is_never_put_over_a_book_or_under_one_at_work() {
    let (book, copy) = copied().await;
    let refused = put(&copy, book.folder.path()).await.unwrap_err();
    assert_eq!(refused.code(), "store-not-empty");
    // An empty book may go; not while it is at work.
    let empty = TestBook::sqlite().await;
    let at_work = empty.db.worker_lock().unwrap();
    assert_eq!(put(&copy, empty.folder.path()).await.unwrap_err().code(), "store-in-use");
    drop(at_work);
    empty.db.close().await;
    put(&copy, empty.folder.path()).await.unwrap();
    is_as_it_was(&empty.again().await).await;
    // A log without its book may hold what nobody else knows.
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("book.db-wal"), "something").unwrap();
    assert_eq!(put(&copy, folder.path()).await.unwrap_err().code(), "store-not-empty");
}

#[tokio::test]
async fn a_copy_that_was_changed_is_not_put_back() {
    let (book, copy) = copied().await;
    let url = format!("sqlite:{}", copy.display());
    raw(&url, "DROP TRIGGER timeline_no_update").await.unwrap();
    raw(&url, "UPDATE timeline SET actor = 'eve' WHERE order_id = 3").await.unwrap();
    let before = fs::read(&copy).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let found = put(&copy, folder.path()).await.unwrap();
    assert!(found.broken.iter().any(|broken| broken.part == Part::Entry), "{found:?}");
    assert_eq!(files(folder.path()), ["book.db.lock"]);
    let verified =
        restore::verify_copy(&book.folder.path().join("book.db"), &copy, |_| None).await.unwrap();
    assert_eq!(verified.broken, found.broken);
    assert_eq!(fs::read(&copy).unwrap(), before, "the copy stays as it is");
}

#[tokio::test]
async fn what_is_no_copy_is_refused_and_leaves_nothing_behind() {
    let folder = tempfile::tempdir().unwrap();
    let text = folder.path().join("text");
    fs::write(&text, "this is a text of some length, and no book at all".repeat(100)).unwrap();
    assert_eq!(put(&text, folder.path()).await.unwrap_err().code(), "store-corrupt");
    fs::write(&text, "").unwrap();
    assert_eq!(put(&text, folder.path()).await.unwrap_err().code(), "store-restore");
    let nowhere = folder.path().join("nowhere");
    assert_eq!(put(&nowhere, folder.path()).await.unwrap_err().code(), "store-restore");
    assert_eq!(files(folder.path()), ["book.db.lock", "text"]);
}

/// A book whose last migration has not run, as the Daybook before left it.
async fn an_older_one() -> TestBook {
    let book = TestBook::sqlite().await;
    record(&book.db, &[sale(1)]).await;
    book.db.close().await;
    raw(
        &book.url,
        "DELETE FROM _sqlx_migrations WHERE version = (SELECT max(version) FROM _sqlx_migrations)",
    )
    .await
    .unwrap();
    book
}

#[tokio::test]
async fn a_book_is_copied_before_it_is_brought_up_to_date() {
    let book = an_older_one().await;
    // What the last migration makes is there already, so this one fails half-way: the copy is made
    // first, once, and the next try replaces it.
    for _ in 0..2 {
        Db::open_at(&book.url, options()).await.unwrap_err();
        let kept: Vec<String> = files(book.folder.path())
            .into_iter()
            .filter(|name| name.contains(".schema-"))
            .collect();
        assert_eq!(kept.len(), 1, "{kept:?}");
        let kept = format!("sqlite:{}", book.folder.path().join(&kept[0]).display());
        assert_eq!(raw(&kept, "UPDATE entry SET order_id = order_id").await.unwrap(), 1);
    }
}

#[tokio::test]
async fn a_book_at_work_is_not_brought_up_to_date_behind_its_back() {
    let book = an_older_one().await;
    let lock = book.db.worker_lock().unwrap();
    let refused = Db::open_at(&book.url, options()).await.unwrap_err();
    assert_eq!(refused.code(), "store-in-use");
    drop(lock);
}

#[tokio::test]
async fn postgres_dumps_are_put_back_proved_and_marked() {
    let book = TestBook::postgres().await;
    record(&book.db, &(1..=10).map(sale).collect::<Vec<_>>()).await;
    let dump = book.folder.path().join("book.dump");
    let tool = |name: &str, args: &[&str]| {
        let ran = Command::new(name).args(args).env("PATH", pg::path_with_postgres()).output();
        let ran = ran.unwrap();
        assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
    };
    let file = dump.display().to_string();
    tool("pg_dump", &["--format=custom", "--file", &file, "--dbname", &book.url]);
    let fresh = pg::fresh_database().await;
    tool("pg_restore", &["--exit-on-error", "--no-owner", "--dbname", &fresh, &file]);
    let url: DbUrl = fresh.parse().unwrap();
    let again = Db::open(&url, options()).await.unwrap();
    // A Daybook is at work on it: it would look everything up again for nothing.
    assert!(lease::acquire(&again, at(8), "posting", "w", at(20)).await.unwrap());
    let busy = restore::in_place(&again, (at(9), "ada"), |_| None).await.unwrap_err();
    assert_eq!(busy.code(), "store-in-use");
    lease::release(&again, "posting", "w").await.unwrap();
    let found = restore::in_place(&again, (at(9), "ada"), |_| None).await.unwrap();
    assert_eq!((found.entries, found.is_whole()), (10, true));
    is_as_it_was(&again).await;
    again.close().await;
    pg::drop_database(&fresh).await;
    book.remove().await;
}

/// The refusal is the same on both engines; SQLite's is in `files`.
#[tokio::test]
async fn a_newer_daybooks_book_on_postgres_is_refused() {
    let book = TestBook::postgres().await;
    raw(
        &book.url,
        "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) \
         VALUES (9999, 'the future', true, '\\x00', 0)",
    )
    .await
    .unwrap();
    let refused = Db::open_at(&book.url, options()).await.unwrap_err();
    assert_eq!(refused.code(), "store-newer");
    assert!(refused.hint().unwrap().contains("before the upgrade"));
    book.remove().await;
}
