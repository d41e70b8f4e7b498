//! The book as a file: lock, backup, being opened again, being refused.

use crate::db::{TestBook, options, sqlite_url};
use daybook_domain::entry::EntryState;
use daybook_store::{Db, DbUrl, OpenOptions, entry, timeline};

use crate::common::{at, get, go, raw, record, sale, step};

#[tokio::test]
async fn two_workers_cannot_share_a_sqlite_book() {
    let book = TestBook::sqlite().await;
    let other = book.again().await;
    let lock = book.db.worker_lock().unwrap();
    let refused = other.worker_lock().unwrap_err();
    assert_eq!(refused.code(), "store-in-use");
    assert!(refused.hint().unwrap().contains("stop the other one"));
    drop(lock);
    other.worker_lock().unwrap();
    assert!(other.is_ours_alone());
}

#[tokio::test]
async fn any_number_of_workers_share_a_postgres_book() {
    let book = TestBook::postgres().await;
    let _one = book.db.worker_lock().unwrap();
    let _other = book.db.worker_lock().unwrap();
    assert!(!book.db.is_ours_alone());
    assert_eq!(book.db.engine_name(), "postgres");
    book.db.ping().await.unwrap();
    book.remove().await;
}

#[tokio::test]
async fn a_backup_is_a_whole_book_and_never_overwrites() {
    let book = TestBook::sqlite().await;
    record(&book.db, &(1..=100).map(sale).collect::<Vec<_>>()).await;
    let target = book.folder.path().join("copy.db");
    // An open transaction does not hold it up.
    let mut tx = book.db.begin().await.unwrap();
    entry::record(&mut tx, at(0), &[sale(101)]).await.unwrap();
    book.db.backup_to(&target).await.unwrap();
    tx.commit().await.unwrap();
    let url: DbUrl = format!("sqlite:{}", target.display()).parse().unwrap();
    let copy = Db::open(&url, options()).await.unwrap();
    let counts = entry::counts(&copy).await.unwrap();
    assert_eq!(counts[0].entries, 100);
    let verified = timeline::verify_all(&copy, 0, 1_000).await.unwrap();
    assert_eq!((verified.entries, verified.broken), (100, vec![]));
    copy.close().await;
    assert_eq!(book.db.backup_to(&target).await.unwrap_err().code(), "store-backup");
}

#[tokio::test]
async fn a_book_opens_again_as_it_was_left() {
    let book = TestBook::sqlite().await;
    record(&book.db, &[sale(1)]).await;
    book.db.close().await;
    let again = book.again().await;
    assert_eq!(get(&again, 1).await.gross.pence(), 1_200);
}

#[tokio::test]
async fn commits_are_durable_unless_a_test_says_otherwise() {
    let folder = tempfile::tempdir().unwrap();
    let db = Db::open_at(&sqlite_url(folder.path()), OpenOptions::default()).await.unwrap();
    let mut tx = db.begin().await.unwrap();
    let (journal, synchronous) = tx.settings().await.unwrap().unwrap();
    // 2 is FULL (https://sqlite.org/pragma.html#pragma_synchronous).
    assert_eq!((journal.as_str(), synchronous), ("wal", 2));
}

/// What the disk holds the moment a commit has returned: the machine may stop right here.
#[tokio::test]
async fn what_was_committed_is_in_the_files_before_the_commit_returns() {
    let folder = tempfile::tempdir().unwrap();
    let db = Db::open_at(&sqlite_url(folder.path()), OpenOptions::default()).await.unwrap();
    let after = tempfile::tempdir().unwrap();
    for number in 1..=20 {
        record(&db, &[sale(number)]).await;
        go(&db, &[step(number, EntryState::Ready, EntryState::Posting)]).await;
        // Not closed, and nothing folded back: the book and its log as they are.
        for file in ["book.db", "book.db-wal"] {
            std::fs::copy(folder.path().join(file), after.path().join(file)).unwrap();
        }
        let _ = std::fs::remove_file(after.path().join("book.db-shm"));
        let again = Db::open_at(&sqlite_url(after.path()), options()).await.unwrap();
        assert_eq!(get(&again, number).await.state, EntryState::Posting, "the intent of {number}");
        let verified = timeline::verify_all(&again, 0, 1_000).await.unwrap();
        assert_eq!((verified.entries, verified.broken), (usize::try_from(number).unwrap(), vec![]));
        again.close().await;
    }
}

#[tokio::test]
async fn a_book_of_a_newer_daybook_is_refused() {
    let book = TestBook::sqlite().await;
    book.db.close().await;
    raw(
        &book.url,
        "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) \
         VALUES (9999, 'the future', true, x'00', 0)",
    )
    .await
    .unwrap();
    let refused = Db::open_at(&book.url, options()).await.unwrap_err();
    assert_eq!(refused.code(), "store-newer");
}

#[tokio::test]
async fn what_cannot_be_opened_says_why() {
    let folder = tempfile::tempdir().unwrap();
    let nowhere = sqlite_url(&folder.path().join("missing"));
    let error = Db::open_at(&nowhere, options()).await.unwrap_err();
    assert_eq!(error.code(), "store-unreachable");
    let no_book = folder.path().join("book.db");
    std::fs::write(&no_book, "this is a text of some length, and no book at all".repeat(100))
        .unwrap();
    let error = Db::open_at(&sqlite_url(folder.path()), options()).await.unwrap_err();
    assert_eq!(error.code(), "store-corrupt");
    let url = "postgres://daybook:hunter2@127.0.0.1:1/book";
    let error = Db::open_at(url, options()).await.unwrap_err();
    assert_eq!(error.code(), "store-unreachable");
    assert!(!format!("{error:?}").contains("hunter2"));
}

#[tokio::test]
async fn only_the_owner_may_read_a_book_or_its_backup() {
    use std::os::unix::fs::PermissionsExt;
    let book = TestBook::sqlite().await;
    record(&book.db, &[sale(1)]).await;
    let copy = book.folder.path().join("copy.db");
    book.db.backup_to(&copy).await.unwrap();
    for file in std::fs::read_dir(book.folder.path()).unwrap() {
        let file = file.unwrap();
        let mode = file.metadata().unwrap().permissions().mode() & 0o777;
        assert_eq!(mode, 0o600, "{}", file.path().display());
    }
}
