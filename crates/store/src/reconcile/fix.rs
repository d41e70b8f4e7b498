//! What was done about a day's differences, by whose word: append-only.

use daybook_domain::reconcile::{DayCause, certificate::Fix, fix::Act, witness::Day};

use super::difference::Effect;
use crate::{
    Source, StoreError, StoreResult, Tx,
    engine::{Cells, FromCells, all},
};

sql! {
    OF_DAY = "SELECT at, actor, cause, act, subject FROM fix_step \
              WHERE warehouse_id = $1 AND day = $2 ORDER BY seq";
    APPEND = "INSERT INTO fix_step (warehouse_id, day, seq, at, actor, cause, act, subject, net, \
              tax, gross) SELECT $1, $2, COALESCE(max(seq), 0) + 1, $3, $4, $5, $6, $7, $8, $9, \
              $10 FROM fix_step WHERE warehouse_id = $1 AND day = $2";
}

/// A step as a certificate tells it.
struct Kept(Fix);

impl FromCells for Kept {
    fn read(row: &impl Cells) -> StoreResult<Self> {
        let act = row.text("act")?;
        let act: Act = serde_json::from_value(act.into())
            .map_err(|error| StoreError::unreadable(error.to_string()))?;
        Ok(Self(Fix {
            at: row.time("at")?,
            by: row.text("actor")?,
            act,
            cause: row.word::<DayCause>("cause")?,
            subject: row.text("subject")?,
        }))
    }
}

/// Writes down that `fix` is done, with how OrderWise's figures are to change.
pub async fn append(
    tx: &mut Tx,
    (warehouse_id, day): (i64, Day),
    fix: &Fix,
    effect: Effect,
) -> StoreResult<()> {
    on!(tx, c => {
        sqlx::query(APPEND)
            .bind(warehouse_id)
            .bind(day.to_string())
            .bind(fix.at.micros())
            .bind(fix.by.as_str())
            .bind(fix.cause.code())
            .bind(fix.act.word())
            .bind(fix.subject.as_str())
            .bind(effect.net.pence())
            .bind(effect.tax.pence())
            .bind(effect.gross.pence())
            .execute(c)
            .await?;
    });
    Ok(())
}

/// What was done about a day, in order.
pub async fn of_day(
    source: impl Into<Source<'_>>,
    warehouse_id: i64,
    day: Day,
) -> StoreResult<Vec<Fix>> {
    let mut conn = source.into().open().await?;
    let kept: Vec<Kept> = on!(conn, c => {
        let query = sqlx::query(OF_DAY).bind(warehouse_id).bind(day.to_string());
        all(&query.fetch_all(c).await?)?
    });
    Ok(kept.into_iter().map(|kept| kept.0).collect())
}
