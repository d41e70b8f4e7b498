//! Both engines hold the same tables, and take the same statements.

use std::collections::BTreeSet;

use crate::db::TestBook;
use daybook_store::statements;
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection, Row, SqlSafeStr, SqliteConnection};

const SQLITE_COLUMNS: &str = "SELECT m.name AS t, c.name AS c, c.\"notnull\" AS n FROM \
    sqlite_master AS m JOIN pragma_table_info(m.name) AS c WHERE m.type = 'table' \
    AND m.name NOT LIKE 'sqlite%' AND m.name NOT LIKE '\\_sqlx%' ESCAPE '\\'";
const POSTGRES_COLUMNS: &str = "SELECT table_name::text AS t, column_name::text AS c, \
    CAST(CASE is_nullable WHEN 'NO' THEN 1 ELSE 0 END AS bigint) AS n \
    FROM information_schema.columns WHERE table_schema = 'public' AND table_name NOT LIKE '\\_sqlx%'";
const SQLITE_INDEXES: &str = "SELECT name AS i, sql AS s FROM sqlite_master \
    WHERE type = 'index' AND sql IS NOT NULL";
const POSTGRES_INDEXES: &str = "SELECT indexname::text AS i, indexdef AS s FROM pg_indexes \
    WHERE schemaname = 'public' AND indexname NOT LIKE '%\\_pkey' AND tablename NOT LIKE '\\_sqlx%'";
const SQLITE_TRIGGERS: &str = "SELECT name AS i FROM sqlite_master WHERE type = 'trigger'";
const POSTGRES_TRIGGERS: &str =
    "SELECT DISTINCT tgname::text AS i FROM pg_trigger WHERE NOT tgisinternal";

type Columns = BTreeSet<(String, String, i64)>;

async fn sqlite(book: &TestBook) -> SqliteConnection {
    let path = book.url.strip_prefix("sqlite:").unwrap();
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(path);
    SqliteConnection::connect_with(&options).await.unwrap()
}

async fn postgres(book: &TestBook) -> PgConnection {
    PgConnection::connect(&book.url).await.unwrap()
}

#[tokio::test]
async fn both_engines_hold_the_same_columns() {
    let (one, other) = (TestBook::sqlite().await, TestBook::postgres().await);
    let columns = |row: &sqlx::sqlite::SqliteRow| (row.get("t"), row.get("c"), row.get("n"));
    let rows = sqlite(&one).await.fetch_all(SQLITE_COLUMNS).await.unwrap();
    let of_sqlite: Columns = rows.iter().map(columns).collect();
    let columns = |row: &sqlx::postgres::PgRow| (row.get("t"), row.get("c"), row.get("n"));
    let rows = postgres(&other).await.fetch_all(POSTGRES_COLUMNS).await.unwrap();
    let of_postgres: Columns = rows.iter().map(columns).collect();
    assert!(of_sqlite.len() > 100, "{}", of_sqlite.len());
    assert_eq!(of_sqlite, of_postgres);
    other.remove().await;
}

/// `… ON entry (due_at, order_id) WHERE state = 'ready'`, without either engine's decoration.
fn plain(text: &str) -> String {
    let unique = if text.contains("UNIQUE") { "unique " } else { "" };
    let (_, rest) = text.split_once(" ON ").unwrap();
    let rest = rest.replace("public.", "").replace(" USING btree", "").replace("::text", "");
    let rest = rest.replace("= ANY (ARRAY[", "IN (").replace("])", ")");
    let kept = rest.chars().filter(|c| !c.is_whitespace() && !"()".contains(*c));
    format!("{unique}{}", kept.collect::<String>())
}

#[tokio::test]
async fn both_engines_hold_the_same_indexes_and_triggers() {
    let (one, other) = (TestBook::sqlite().await, TestBook::postgres().await);
    let (mut lite, mut pg) = (sqlite(&one).await, postgres(&other).await);
    let rows = lite.fetch_all(SQLITE_INDEXES).await.unwrap();
    let of_sqlite: BTreeSet<(String, String)> =
        rows.iter().map(|row| (row.get("i"), plain(row.get("s")))).collect();
    let rows = pg.fetch_all(POSTGRES_INDEXES).await.unwrap();
    let of_postgres: BTreeSet<(String, String)> =
        rows.iter().map(|row| (row.get("i"), plain(row.get("s")))).collect();
    assert!(of_sqlite.len() > 20);
    assert_eq!(of_sqlite, of_postgres);

    let rows = lite.fetch_all(SQLITE_TRIGGERS).await.unwrap();
    let of_sqlite: BTreeSet<String> = rows.iter().map(|row| row.get("i")).collect();
    let rows = pg.fetch_all(POSTGRES_TRIGGERS).await.unwrap();
    let of_postgres: BTreeSet<String> = rows.iter().map(|row| row.get("i")).collect();
    assert_eq!(of_sqlite, of_postgres);
    other.remove().await;
}

#[tokio::test]
async fn every_statement_is_understood_by_both_engines() {
    let (one, other) = (TestBook::sqlite().await, TestBook::postgres().await);
    let (mut lite, mut pg) = (sqlite(&one).await, postgres(&other).await);
    let mut prepared = 0;
    for (name, text) in statements::all() {
        let sql = || AssertSqlSafe(text).into_sql_str();
        lite.prepare(sql()).await.unwrap_or_else(|error| panic!("{name} on SQLite: {error}"));
        pg.prepare(sql()).await.unwrap_or_else(|error| panic!("{name} on PostgreSQL: {error}"));
        prepared += 1;
    }
    assert!(prepared > 60, "{prepared}");
    other.remove().await;
}
