//! Rules that people have written, a version that moves with every change, and a record of who
//! changed what. A rule of a built-in one's name stands in its place.

use daybook_domain::{Timestamp, settlement::Rule};
use serde::Serialize;

use super::{from_json, to_json};
use crate::{
    Source, StoreResult, Tx, audit,
    engine::{Cells, FromCells, all, one},
    watermark,
};

sql! {
    ALL = "SELECT name, value, updated_at, updated_by FROM match_rule ORDER BY name";
    GET = "SELECT name, value, updated_at, updated_by FROM match_rule WHERE name = $1";
    SET = "INSERT INTO match_rule (name, value, updated_at, updated_by) VALUES ($1, $2, $3, $4) \
           ON CONFLICT (name) DO UPDATE SET value = excluded.value, \
           updated_at = excluded.updated_at, updated_by = excluded.updated_by";
    REMOVE = "DELETE FROM match_rule WHERE name = $1";
}

/// The watermark that counts changes.
const VERSION: &str = "match-rule-version";

/// A rule with who wrote it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StoredRule {
    /// The rule.
    #[serde(flatten)]
    pub rule: Rule,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// By whom.
    pub updated_by: String,
}

impl FromCells for StoredRule {
    fn read(row: &impl Cells) -> StoreResult<Self> {
        Ok(Self {
            rule: from_json(&row.text("value")?)?,
            updated_at: row.time("updated_at")?,
            updated_by: row.text("updated_by")?,
        })
    }
}

/// All rules that people have written.
pub async fn list(source: impl Into<Source<'_>>) -> StoreResult<Vec<StoredRule>> {
    let mut conn = source.into().open().await?;
    on!(conn, c => all(&sqlx::query(ALL).fetch_all(c).await?))
}

/// How often the rules were changed.
pub async fn version(source: impl Into<Source<'_>>) -> StoreResult<i64> {
    Ok(watermark::get(source, VERSION).await?.unwrap_or(0))
}

/// Writes rules; those that are so already change nothing. Returns how many changed.
pub async fn set(tx: &mut Tx, now: Timestamp, rules: &[Rule], actor: &str) -> StoreResult<u64> {
    watermark::bump(tx, now, VERSION).await?;
    let mut changed = 0;
    for rule in rules {
        let before = get(&mut *tx, &rule.name).await?.map(|stored| stored.rule);
        if before.as_ref() == Some(rule) {
            continue;
        }
        let value = to_json(rule)?;
        on!(tx, c => {
            let query = sqlx::query(SET).bind(rule.name.as_str()).bind(value);
            query.bind(now.micros()).bind(actor).execute(c).await?;
        });
        let detail = serde_json::json!({ "before": before, "after": rule }).to_string();
        audit::append(tx, now, actor, "match-rule-set", &rule.name, &detail).await?;
        changed += 1;
    }
    Ok(changed)
}

/// Takes a rule away; false when there was none.
pub async fn remove(tx: &mut Tx, now: Timestamp, name: &str, actor: &str) -> StoreResult<bool> {
    watermark::bump(tx, now, VERSION).await?;
    let Some(before) = get(&mut *tx, name).await? else { return Ok(false) };
    on!(tx, c => {
        sqlx::query(REMOVE).bind(name).execute(c).await?;
    });
    let detail = serde_json::json!({ "before": before.rule, "after": null }).to_string();
    audit::append(tx, now, actor, "match-rule-remove", name, &detail).await?;
    Ok(true)
}

/// One rule.
pub async fn get(source: impl Into<Source<'_>>, name: &str) -> StoreResult<Option<StoredRule>> {
    let mut conn = source.into().open().await?;
    on!(conn, c => one(sqlx::query(GET).bind(name).fetch_optional(c).await?.as_ref()))
}
