//! A book of a million entries answers as fast as a small one: no statement of the daily work
//! reads a growing table from end to end. Plans are compared and not times, so that a busy machine
//! changes nothing.

use daybook_store::statements;
use sqlx::{AssertSqlSafe, Connection, Row, SqliteConnection};

use crate::db::TestBook;

/// Tables that grow with every sale.
const GROWING: [&str; 6] = ["entry", "payload", "timeline", "attempt", "exchange", "inbox"];

/// As `claim_ready`, `due_standing`, `release_waiting_for` and `list` build them.
const BUILT: [(&str, &str); 4] = [
    (
        "claim",
        "SELECT order_id, gross FROM entry WHERE state = 'ready' AND due_at <= $1 \
         AND (warehouse_id IS NULL OR warehouse_id NOT IN ($2)) ORDER BY due_at, order_id LIMIT $3",
    ),
    (
        "standing",
        "SELECT order_id, gross FROM entry WHERE state = 'held' AND due_at IS NOT NULL \
         AND due_at <= $1 ORDER BY due_at, order_id LIMIT $2",
    ),
    (
        "release",
        "SELECT order_id, gross FROM entry WHERE state = 'waiting' \
         AND original_order_id IN ($1, $2) ORDER BY order_id",
    ),
    (
        "entries of a store",
        "SELECT order_id, gross FROM entry WHERE true AND warehouse_id = $1 \
         ORDER BY order_id DESC LIMIT $2",
    ),
];

async fn plan(conn: &mut SqliteConnection, text: &str) -> Vec<String> {
    let query = format!("EXPLAIN QUERY PLAN {text}");
    let rows = sqlx::query(AssertSqlSafe(query)).fetch_all(conn).await.unwrap();
    rows.iter().map(|row| row.get("detail")).collect()
}

#[tokio::test]
async fn no_statement_reads_a_growing_table_from_end_to_end() {
    let book = TestBook::sqlite().await;
    let options = sqlx::sqlite::SqliteConnectOptions::new()
        .filename(book.url.strip_prefix("sqlite:").unwrap());
    let mut conn = SqliteConnection::connect_with(&options).await.unwrap();
    let all = statements::all().chain(BUILT);
    for (name, text) in all.filter(|(_, text)| !text.starts_with("INSERT")) {
        for step in plan(&mut conn, text).await {
            let scanned = step.strip_prefix("SCAN ").filter(|table| GROWING.contains(table));
            assert_eq!(scanned, None, "{name}: {step}");
        }
    }
}

#[tokio::test]
async fn queues_come_sorted_out_of_their_own_index() {
    let book = TestBook::sqlite().await;
    let options = sqlx::sqlite::SqliteConnectOptions::new()
        .filename(book.url.strip_prefix("sqlite:").unwrap());
    let mut conn = SqliteConnection::connect_with(&options).await.unwrap();
    let queues = [
        ("claim", "entry_ready"),
        ("standing", "entry_held_due"),
        ("entries of a store", "entry_store"),
        ("IN_DOUBT", "entry_in_doubt"),
        ("WAITING", "entry_waiting"),
        ("RECHECK", "entry_recheck"),
        ("POSTED", "entry_posted"),
        ("DUE", "entry_held_due"),
        ("HELD", "entry_held"),
        ("OLDEST", "entry_unfinished_age"),
    ];
    for (name, index) in queues {
        let mut texts = statements::all().chain(BUILT);
        let of_entry = |text: &str| text.contains("FROM entry ");
        let (_, text) = texts.find(|(found, text)| *found == name && of_entry(text)).unwrap();
        let steps = plan(&mut conn, text).await.join("; ");
        assert!(steps.contains(&format!("INDEX {index} ")), "{name}: {steps}");
        assert!(!steps.contains("TEMP B-TREE"), "{name}: {steps}");
    }
}
