//! Differences that reading a document back has found.

use std::collections::BTreeMap;

use daybook_domain::{Money, Timestamp, findings::Difference};
use schemars::JsonSchema;
use serde::Serialize;
use sqlx::QueryBuilder;

use crate::{
    Source, StoreResult, Tx,
    engine::{self, Cells, FromCells, all, pieces},
};

sql! {
    LIST = "SELECT order_id, what, till, ledger, at, cause FROM finding WHERE order_id > $1 \
            ORDER BY order_id, what LIMIT $2";
    OF_ENTRY = "SELECT order_id, what, till, ledger, at, cause FROM finding WHERE order_id = $1 \
                ORDER BY what";
    TOTALS = "SELECT what, CAST(count(*) AS BIGINT) AS findings, \
              CAST(sum(ledger - till) AS BIGINT) AS difference FROM finding \
              GROUP BY what ORDER BY what";
}

const INSERT: &str = "INSERT INTO finding (order_id, what, till, ledger, at) ";
const INSERT_UP: &str = " ON CONFLICT (order_id, what) DO UPDATE SET till = excluded.till, \
    ledger = excluded.ledger, at = excluded.at";

/// A difference to be kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewFinding {
    /// Which entry.
    pub order_id: i64,
    /// What differs.
    pub difference: Difference,
}

/// A difference as the book holds it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct FindingRow {
    /// Which entry.
    pub order_id: i64,
    /// `net`, `tax`, `gross` or `type`.
    pub what: String,
    /// The till's side, in pence (or the order type it should be).
    pub till: i64,
    /// The ledger's side.
    pub ledger: i64,
    /// When it was found.
    pub at: Timestamp,
    /// Its cause, once somebody or something has named it.
    pub cause: Option<String>,
}

impl FromCells for FindingRow {
    fn read(row: &impl Cells) -> StoreResult<Self> {
        Ok(Self {
            order_id: row.int("order_id")?,
            what: row.text("what")?,
            till: row.int("till")?,
            ledger: row.int("ledger")?,
            at: row.time("at")?,
            cause: row.opt_text("cause")?,
        })
    }
}

/// How much differs, by what.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FindingTotal {
    /// `net`, `tax`, `gross` or `type`.
    pub what: String,
    /// How many entries.
    pub findings: i64,
    /// Ledger minus till; without meaning for `type`.
    pub difference: Money,
}

impl FromCells for FindingTotal {
    fn read(row: &impl Cells) -> StoreResult<Self> {
        Ok(Self {
            what: row.text("what")?,
            findings: row.int("findings")?,
            difference: row.money("difference")?,
        })
    }
}

/// Keeps findings; the same one found again is brought up to date.
pub async fn insert(tx: &mut Tx, now: Timestamp, findings: &[NewFinding]) -> StoreResult<()> {
    let findings: BTreeMap<(i64, &str), &NewFinding> = findings
        .iter()
        .map(|finding| ((finding.order_id, finding.difference.what.word()), finding))
        .collect();
    let findings: Vec<_> = findings.into_values().collect();
    for piece in pieces(findings.len()) {
        on!(tx, c => {
            let mut query = QueryBuilder::<Sql>::new(INSERT);
            query.push_values(&findings[piece], |mut row, finding| {
                let Difference { what, till, ledger, .. } = finding.difference;
                row.push_bind(finding.order_id).push_bind(what.word());
                row.push_bind(till).push_bind(ledger).push_bind(now.micros());
            });
            query.push(INSERT_UP).build().execute(c).await?;
        });
    }
    Ok(())
}

/// Findings of entries after order id `after`.
pub async fn list(
    source: impl Into<Source<'_>>,
    after: i64,
    limit: usize,
) -> StoreResult<Vec<FindingRow>> {
    let mut conn = source.into().open().await?;
    on!(conn, c => {
        let query = sqlx::query(LIST).bind(after).bind(engine::limit(limit));
        all(&query.fetch_all(c).await?)
    })
}

/// Findings of one entry.
pub async fn of(source: impl Into<Source<'_>>, order_id: i64) -> StoreResult<Vec<FindingRow>> {
    let mut conn = source.into().open().await?;
    on!(conn, c => all(&sqlx::query(OF_ENTRY).bind(order_id).fetch_all(c).await?))
}

/// How much differs, by what.
pub async fn totals(source: impl Into<Source<'_>>) -> StoreResult<Vec<FindingTotal>> {
    let mut conn = source.into().open().await?;
    on!(conn, c => all(&sqlx::query(TOTALS).fetch_all(c).await?))
}
