//! What the last sweep left alone, and why.

use std::collections::BTreeMap;

use daybook_domain::{Quantity, Timestamp};
use serde::Serialize;
use sqlx::QueryBuilder;

use crate::{
    Source, StoreResult, Tx,
    engine::{self, Cells, FromCells, all, pieces},
};

sql! {
    CLEAR = "DELETE FROM stock_finding WHERE warehouse_id = $1";
    LIST = "SELECT what, warehouse_id, folded, sku, level, free, at FROM stock_finding \
            ORDER BY what, sku, warehouse_id LIMIT $1";
    COUNTS = "SELECT what, CAST(count(*) AS BIGINT) AS findings FROM stock_finding \
              GROUP BY what ORDER BY what";
}

const INSERT: &str =
    "INSERT INTO stock_finding (what, warehouse_id, folded, sku, level, free, at) ";

/// What may be left alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum What {
    /// Sitoo has stock of it, and OrderWise does not know it at this location.
    UnknownInOrderwise,
    /// OrderWise has stock of it, and Sitoo does not know the product.
    UnknownInSitoo,
}

impl What {
    /// The word used in the book and in JSON.
    pub const fn word(self) -> &'static str {
        match self {
            Self::UnknownInOrderwise => "unknown-in-orderwise",
            Self::UnknownInSitoo => "unknown-in-sitoo",
        }
    }
}

impl std::str::FromStr for What {
    type Err = String;

    fn from_str(word: &str) -> Result<Self, String> {
        [Self::UnknownInOrderwise, Self::UnknownInSitoo]
            .into_iter()
            .find(|what| what.word() == word)
            .ok_or_else(|| format!("'{word}' is no finding about stock"))
    }
}

/// One finding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StockFinding {
    /// What.
    pub what: What,
    /// Warehouse of Sitoo.
    pub warehouse_id: i64,
    /// Folded SKU.
    #[serde(skip)]
    pub folded: String,
    /// As its owner spells it.
    pub sku: String,
    /// What Sitoo has.
    pub level: Quantity,
    /// What OrderWise says is free.
    pub free: Quantity,
    /// When it was found.
    pub at: Timestamp,
}

impl FromCells for StockFinding {
    fn read(row: &impl Cells) -> StoreResult<Self> {
        Ok(Self {
            what: row.word("what")?,
            warehouse_id: row.int("warehouse_id")?,
            folded: row.text("folded")?,
            sku: row.text("sku")?,
            level: row.quantity("level")?,
            free: row.quantity("free")?,
            at: row.time("at")?,
        })
    }
}

/// Puts `findings` in the place of what was found in a warehouse before.
pub async fn replace(tx: &mut Tx, warehouse_id: i64, findings: &[StockFinding]) -> StoreResult<()> {
    on!(tx, c => {
        sqlx::query(CLEAR).bind(warehouse_id).execute(c).await?;
    });
    let findings: BTreeMap<_, _> = findings
        .iter()
        .map(|finding| ((finding.what, finding.warehouse_id, finding.folded.as_str()), finding))
        .collect();
    let findings: Vec<&StockFinding> = findings.into_values().collect();
    for piece in pieces(findings.len()) {
        on!(tx, c => {
            let mut query = QueryBuilder::<Sql>::new(INSERT);
            query.push_values(&findings[piece], |mut row, finding| {
                row.push_bind(finding.what.word()).push_bind(finding.warehouse_id);
                row.push_bind(finding.folded.as_str()).push_bind(finding.sku.as_str());
                row.push_bind(finding.level.thousandths()).push_bind(finding.free.thousandths());
                row.push_bind(finding.at.micros());
            });
            query.build().execute(c).await?;
        });
    }
    Ok(())
}

/// All findings.
pub async fn list(source: impl Into<Source<'_>>, limit: usize) -> StoreResult<Vec<StockFinding>> {
    let mut conn = source.into().open().await?;
    on!(conn, c => all(&sqlx::query(LIST).bind(engine::limit(limit)).fetch_all(c).await?))
}

/// How many there are of each kind.
pub async fn counts(source: impl Into<Source<'_>>) -> StoreResult<Vec<(String, i64)>> {
    let mut conn = source.into().open().await?;
    on!(conn, c => {
        let rows = sqlx::query(COUNTS).fetch_all(c).await?;
        rows.iter().map(|row| Ok((row.text("what")?, row.int("findings")?))).collect()
    })
}
