//! Rules for what is held back from the tills.

use daybook_domain::{
    Timestamp,
    stock::{Amount, BufferRule, BufferScope},
};

use crate::{
    Source, StoreResult, Tx,
    engine::{Cells, FromCells, all},
};

sql! {
    ALL = "SELECT scope, key, warehouse_id, amount FROM buffer_rule \
           ORDER BY scope, key, warehouse_id";
    SET = "INSERT INTO buffer_rule (scope, key, warehouse_id, amount, updated_at, updated_by) \
           VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (scope, key, warehouse_id) \
           DO UPDATE SET amount = excluded.amount, updated_at = excluded.updated_at, \
           updated_by = excluded.updated_by";
    UNSET = "DELETE FROM buffer_rule WHERE scope = $1 AND key = $2 AND warehouse_id = $3";
}

/// A rule for all stores.
const EVERYWHERE: i64 = 0;

struct Row(BufferRule);

impl FromCells for Row {
    fn read(row: &impl Cells) -> StoreResult<Self> {
        let warehouse_id = row.int("warehouse_id")?;
        Ok(Self(BufferRule {
            scope: row.word::<BufferScope>("scope")?,
            key: row.text("key")?,
            warehouse_id: (warehouse_id != EVERYWHERE).then_some(warehouse_id),
            amount: row.word::<Amount>("amount")?,
        }))
    }
}

/// All rules.
pub async fn list(source: impl Into<Source<'_>>) -> StoreResult<Vec<BufferRule>> {
    let mut conn = source.into().open().await?;
    let rows: Vec<Row> = on!(conn, c => all(&sqlx::query(ALL).fetch_all(c).await?)?);
    Ok(rows.into_iter().map(|row| row.0).collect())
}

/// Sets a rule.
pub async fn set(tx: &mut Tx, now: Timestamp, rule: &BufferRule, actor: &str) -> StoreResult<()> {
    on!(tx, c => {
        sqlx::query(SET)
            .bind(rule.scope.word())
            .bind(rule.key.as_str())
            .bind(rule.warehouse_id.unwrap_or(EVERYWHERE))
            .bind(rule.amount.to_string())
            .bind(now.micros())
            .bind(actor)
            .execute(c)
            .await?;
    });
    Ok(())
}

/// Takes a rule away; false when there was none.
pub async fn unset(
    tx: &mut Tx,
    scope: BufferScope,
    key: &str,
    warehouse_id: Option<i64>,
) -> StoreResult<bool> {
    Ok(on!(tx, c => {
        let query = sqlx::query(UNSET).bind(scope.word()).bind(key);
        let query = query.bind(warehouse_id.unwrap_or(EVERYWHERE));
        query.execute(c).await?.rows_affected() > 0
    }))
}
