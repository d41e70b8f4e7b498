//! A long backlog in a short time: copies of an entry that nobody will get to.

use daybook_connectors::clock::{Clock, SystemClock};
use sqlx::{Connection, SqliteConnection};

use crate::Fault;

/// Rows of one statement.
const AT_ONCE: i64 = 50_000;
/// Ids of copies begin here.
const FIRST: i64 = 10_000_000;

const ENTRIES: &str = "WITH RECURSIVE g(n) AS (SELECT $1 UNION ALL SELECT n + 1 FROM g \
    WHERE n + 1 < $1 + $2) INSERT INTO entry (order_id, site_id, reference, kind, state, \
    warehouse_id, register_id, order_date, currency, net, vat, gross, received_at, changed_at, \
    due_at, attempt, failures, doubt_lookups, payload_hash, payload_version, seq, chain) \
    SELECT g.n, site_id, 'S1-' || g.n, kind, state, warehouse_id, register_id, order_date + g.n, \
    currency, net, vat, gross, received_at, changed_at, $3 + g.n, attempt, failures, \
    doubt_lookups, payload_hash, payload_version, seq, chain FROM g, (SELECT * FROM entry \
    ORDER BY order_id DESC LIMIT 1) AS e";
const PAYLOADS: &str = "WITH RECURSIVE g(n) AS (SELECT $1 UNION ALL SELECT n + 1 FROM g \
    WHERE n + 1 < $1 + $2) INSERT INTO payload (order_id, version, received_at, hash, body) \
    SELECT g.n, 1, 0, zeroblob(32), '{\"orderid\": ' || g.n || '}' FROM g";
const LINES: &str = "WITH RECURSIVE g(n) AS (SELECT $1 UNION ALL SELECT n + 1 FROM g \
    WHERE n + 1 < $1 + $2) INSERT INTO timeline (order_id, seq, at, actor, state, code, detail, \
    hash) SELECT g.n, 1, 0, 'daybook', 'ready', 'recorded', 'payload 1', zeroblob(32) FROM g";
const COUNT: &str = "UPDATE entry_count SET entries = entries + $1 WHERE state = 'ready'";

/// Adds `copies` ready entries that are due after all others, with payloads of a few bytes.
pub(crate) async fn inflate(url: &str, copies: i64) -> Result<(), Fault> {
    let mut conn = SqliteConnection::connect(url).await?;
    sqlx::query("PRAGMA synchronous = OFF").execute(&mut conn).await?;
    let due = SystemClock.now().micros() - FIRST - copies;
    let mut from = 0;
    while from < copies {
        let rows = AT_ONCE.min(copies - from);
        for statement in [ENTRIES, PAYLOADS, LINES] {
            let query = sqlx::query(statement).bind(FIRST + from).bind(rows);
            query.bind(due).execute(&mut conn).await?;
        }
        from += rows;
    }
    sqlx::query(COUNT).bind(copies).execute(&mut conn).await?;
    sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)").execute(&mut conn).await?;
    Ok(conn.close().await?)
}
