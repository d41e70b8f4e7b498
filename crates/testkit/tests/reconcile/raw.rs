//! The database behind the book's back, as its owner can reach it.

use sqlx::{AssertSqlSafe, Connection as _, PgConnection, Row as _, SqliteConnection};

const GUARDED: [&str; 8] = [
    "timeline",
    "payload",
    "audit",
    "certificate",
    "sign_off",
    "fix_step",
    "period_act",
    "period_day",
];

async fn sqlite(url: &str) -> Option<SqliteConnection> {
    let path = url.strip_prefix("sqlite:")?;
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(path);
    Some(SqliteConnection::connect_with(&options).await.unwrap())
}

/// Runs a statement.
pub(crate) async fn raw(url: &str, statement: &str) {
    let query = sqlx::query(AssertSqlSafe(statement.to_owned()));
    if let Some(mut conn) = sqlite(url).await {
        query.execute(&mut conn).await.unwrap();
        return;
    }
    let query = sqlx::query(AssertSqlSafe(statement.to_owned()));
    query.execute(&mut PgConnection::connect(url).await.unwrap()).await.unwrap();
}

/// Removes the guards, as only the owner of the database can.
pub(crate) async fn without_guards(url: &str) {
    for table in GUARDED {
        if url.starts_with("sqlite:") {
            for what in ["update", "delete"] {
                raw(url, &format!("DROP TRIGGER {table}_no_{what}")).await;
            }
        } else {
            raw(url, &format!("ALTER TABLE {table} DISABLE TRIGGER USER")).await;
        }
    }
}

/// The first column of every row.
async fn words(url: &str, statement: &str) -> Vec<String> {
    let text = AssertSqlSafe(statement.to_owned());
    if let Some(mut conn) = sqlite(url).await {
        let rows = sqlx::query(text).fetch_all(&mut conn).await.unwrap();
        return rows.iter().map(|row| row.get(0)).collect();
    }
    let mut conn = PgConnection::connect(url).await.unwrap();
    let rows = sqlx::query(text).fetch_all(&mut conn).await.unwrap();
    rows.iter().map(|row| row.get(0)).collect()
}

/// Every column that may hold text, as `table.column`.
async fn columns(url: &str) -> Vec<String> {
    let statement = if url.starts_with("sqlite:") {
        "SELECT m.name || '.' || c.name FROM sqlite_master AS m, pragma_table_info(m.name) AS c \
         WHERE m.type = 'table' AND c.type = 'TEXT' ORDER BY 1"
    } else {
        "SELECT (table_name || '.' || column_name)::text FROM information_schema.columns \
         WHERE table_schema = 'public' AND data_type IN ('text', 'character varying') ORDER BY 1"
    };
    words(url, statement).await
}

/// The columns in which any of these texts stands, whatever the case of its letters.
pub(crate) async fn holding(url: &str, texts: &[&str]) -> Vec<String> {
    let mut found = Vec::new();
    let all = columns(url).await;
    assert!(all.len() > 100, "{all:?}");
    for place in all {
        let (table, column) = place.split_once('.').unwrap();
        let like = |text: &&str| format!("lower({column}) LIKE '%{}%'", text.to_lowercase());
        let any = texts.iter().map(like).collect::<Vec<_>>().join(" OR ");
        let statement = format!("SELECT CAST(count(*) AS TEXT) FROM {table} WHERE {any}");
        if words(url, &statement).await != ["0"] {
            found.push(place);
        }
    }
    found
}
