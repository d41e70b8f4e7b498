//! Mapping tables: rows as people write them, a version that moves with every change, and a record
//! of who changed what.

use std::collections::BTreeMap;

use daybook_domain::{
    Timestamp,
    mapping::{MappingKind, MappingRow},
};
use schemars::JsonSchema;
use serde::Serialize;

use crate::{
    Source, StoreError, StoreResult, Tx, audit,
    engine::{Cells, FromCells, all, one},
    watermark,
};

sql! {
    ALL = "SELECT kind, key, value, updated_at, updated_by FROM mapping ORDER BY kind, key";
    GET = "SELECT kind, key, value, updated_at, updated_by FROM mapping \
           WHERE kind = $1 AND key = $2";
    SET = "INSERT INTO mapping (kind, key, value, updated_at, updated_by) \
           VALUES ($1, $2, $3, $4, $5) ON CONFLICT (kind, key) DO UPDATE SET \
           value = excluded.value, updated_at = excluded.updated_at, \
           updated_by = excluded.updated_by";
    REMOVE = "DELETE FROM mapping WHERE kind = $1 AND key = $2";
}

/// The watermark that counts changes.
const VERSION: &str = "mapping-version";

/// A mapping row with who wrote it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct StoredMapping {
    /// The row.
    #[serde(flatten)]
    pub row: MappingRow,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// By whom.
    pub updated_by: String,
}

impl FromCells for StoredMapping {
    fn read(row: &impl Cells) -> StoreResult<Self> {
        let value: BTreeMap<String, String> =
            serde_json::from_str(&row.text("value")?).map_err(StoreError::unreadable)?;
        Ok(Self {
            row: MappingRow { kind: row.word("kind")?, key: row.text("key")?, value },
            updated_at: row.time("updated_at")?,
            updated_by: row.text("updated_by")?,
        })
    }
}

/// All rows at one version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tables {
    /// Moves with every change.
    pub version: i64,
    /// All rows.
    pub rows: Vec<MappingRow>,
}

/// All rows and their version. The version is read first: a change that comes in between makes
/// the next look at the version read again.
pub async fn load(source: impl Into<Source<'_>>) -> StoreResult<Tables> {
    let mut conn = source.into().open().await?;
    let version = on!(conn, c => {
        let row = sqlx::query(watermark::GET).bind(VERSION).fetch_optional(c).await?;
        row.map_or(Ok(0), |row| row.int("value"))?
    });
    let rows: Vec<StoredMapping> = on!(conn, c => all(&sqlx::query(ALL).fetch_all(c).await?)?);
    Ok(Tables { version, rows: rows.into_iter().map(|stored| stored.row).collect() })
}

/// The version alone: whether to read again.
pub async fn version(source: impl Into<Source<'_>>) -> StoreResult<i64> {
    Ok(watermark::get(source, VERSION).await?.unwrap_or(0))
}

/// All rows with who wrote them.
pub async fn list(source: impl Into<Source<'_>>) -> StoreResult<Vec<StoredMapping>> {
    let mut conn = source.into().open().await?;
    on!(conn, c => all(&sqlx::query(ALL).fetch_all(c).await?))
}

/// Takes a turn among writers: until the end of the transaction nobody else changes a row.
pub async fn take_turn(tx: &mut Tx, now: Timestamp) -> StoreResult<()> {
    watermark::bump(tx, now, VERSION).await
}

/// Writes one row.
pub async fn set(tx: &mut Tx, now: Timestamp, row: &MappingRow, actor: &str) -> StoreResult<bool> {
    Ok(set_many(tx, now, std::slice::from_ref(row), actor).await? == 1)
}

/// Writes rows; those that say what is there already change nothing. Returns how many changed.
pub async fn set_many(
    tx: &mut Tx,
    now: Timestamp,
    rows: &[MappingRow],
    actor: &str,
) -> StoreResult<u64> {
    // The version first: it makes writers take turns, so that each sees what the one before left.
    watermark::bump(tx, now, VERSION).await?;
    let mut changed = 0;
    for row in rows {
        let before = get(&mut *tx, row.kind, &row.key).await?;
        if before.as_ref().is_some_and(|stored| stored.row.value == row.value) {
            continue;
        }
        let value = serde_json::to_string(&row.value).map_err(StoreError::unreadable)?;
        on!(tx, c => {
            sqlx::query(SET)
                .bind(row.kind.word())
                .bind(row.key.as_str())
                .bind(value)
                .bind(now.micros())
                .bind(actor)
                .execute(c)
                .await?;
        });
        let before = before.map(|stored| stored.row.value);
        let detail = serde_json::json!({ "before": before, "after": row.value }).to_string();
        audit::append(tx, now, actor, "map-set", &subject(row.kind, &row.key), &detail).await?;
        changed += 1;
    }
    Ok(changed)
}

/// Takes a row away; false when there was none.
pub async fn remove(
    tx: &mut Tx,
    now: Timestamp,
    kind: MappingKind,
    key: &str,
    actor: &str,
) -> StoreResult<bool> {
    watermark::bump(tx, now, VERSION).await?;
    let Some(before) = get(&mut *tx, kind, key).await? else { return Ok(false) };
    on!(tx, c => {
        sqlx::query(REMOVE).bind(kind.word()).bind(key).execute(c).await?;
    });
    let detail = serde_json::json!({ "before": before.row.value, "after": null }).to_string();
    audit::append(tx, now, actor, "map-remove", &subject(kind, key), &detail).await?;
    Ok(true)
}

/// One row.
pub async fn get(
    source: impl Into<Source<'_>>,
    kind: MappingKind,
    key: &str,
) -> StoreResult<Option<StoredMapping>> {
    let mut conn = source.into().open().await?;
    on!(conn, c => {
        let row = sqlx::query(GET).bind(kind.word()).bind(key).fetch_optional(c).await?;
        one(row.as_ref())
    })
}

/// How the audit names a row.
pub(crate) fn subject(kind: MappingKind, key: &str) -> String {
    format!("{kind} {key}")
}
