//! Files that were imported, by what they hold: the same file again is known.

use daybook_domain::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;

use crate::{
    Source, StoreResult, Tx,
    engine::{self, Cells, FromCells, all, one},
};

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT hash, kind, source, name, lines, added, imported_at, imported_by \
             FROM money_file ",
            $rest
        )
    };
}

sql! {
    GET = select!("WHERE hash = $1");
    LATEST = select!("ORDER BY imported_at DESC, hash LIMIT $1");
    INSERT = "INSERT INTO money_file (hash, kind, source, name, lines, added, imported_at, \
              imported_by) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
}

/// A file that was imported.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct MoneyFile {
    /// Name of its content.
    pub hash: String,
    /// `report` of a provider or `statement` of a bank.
    #[schemars(extend("enum" = ["report", "statement"]))]
    pub kind: String,
    /// The provider or the bank.
    pub source: String,
    /// How it was called.
    pub name: String,
    /// Lines that it holds.
    pub lines: i64,
    /// Lines that no other file had brought.
    pub added: i64,
    /// When.
    pub imported_at: Timestamp,
    /// By whom.
    pub imported_by: String,
}

impl FromCells for MoneyFile {
    fn read(row: &impl Cells) -> StoreResult<Self> {
        Ok(Self {
            hash: row.text("hash")?,
            kind: row.text("kind")?,
            source: row.text("source")?,
            name: row.text("name")?,
            lines: row.int("lines")?,
            added: row.int("added")?,
            imported_at: row.time("imported_at")?,
            imported_by: row.text("imported_by")?,
        })
    }
}

/// The file of this content, if it was imported.
pub async fn get(source: impl Into<Source<'_>>, hash: &str) -> StoreResult<Option<MoneyFile>> {
    let mut conn = source.into().open().await?;
    on!(conn, c => one(sqlx::query(GET).bind(hash).fetch_optional(c).await?.as_ref()))
}

/// The files that were imported last.
pub async fn latest(source: impl Into<Source<'_>>, limit: usize) -> StoreResult<Vec<MoneyFile>> {
    let mut conn = source.into().open().await?;
    on!(conn, c => all(&sqlx::query(LATEST).bind(engine::limit(limit)).fetch_all(c).await?))
}

/// Remembers a file.
pub async fn insert(tx: &mut Tx, file: &MoneyFile) -> StoreResult<()> {
    on!(tx, c => {
        sqlx::query(INSERT)
            .bind(file.hash.as_str())
            .bind(file.kind.as_str())
            .bind(file.source.as_str())
            .bind(file.name.as_str())
            .bind(file.lines)
            .bind(file.added)
            .bind(file.imported_at.micros())
            .bind(file.imported_by.as_str())
            .execute(c)
            .await?;
    });
    Ok(())
}
