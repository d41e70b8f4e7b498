//! What persons say of entries: laid over the till's word, which stays as it came.

use std::collections::HashMap;

use daybook_domain::{
    Timestamp,
    correction::{Correction, Field, Stage},
};
use schemars::JsonSchema;
use serde::Serialize;
use sqlx::QueryBuilder;

use crate::{
    Source, StoreResult, Tx,
    engine::{Cells, FromCells, all, one, padded},
};

sql! {
    OF_ENTRY = "SELECT order_id, number, field, place, value, original, reason, asked_by, \
                asked_at, state, decided_by, decided_at FROM correction \
                WHERE order_id = $1 ORDER BY number";
    ONE = "SELECT order_id, number, field, place, value, original, reason, asked_by, asked_at, \
           state, decided_by, decided_at FROM correction WHERE order_id = $1 AND number = $2";
    ADD = "INSERT INTO correction (order_id, number, field, place, value, original, reason, \
           asked_by, asked_at, state) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
    REPLACE = "UPDATE correction SET state = 'replaced', decided_by = $4, decided_at = $5 \
               WHERE order_id = $1 AND field = $2 AND place = $3 \
               AND state IN ('asked', 'in-force')";
    DECIDE = "UPDATE correction SET state = $4, decided_by = $5, decided_at = $6 \
              WHERE order_id = $1 AND number = $2 AND state = $3";
    LIFT = "UPDATE correction SET state = 'withdrawn', decided_by = $2, decided_at = $3 \
            WHERE order_id = $1 AND field = $4 AND state = 'in-force'";
}

const LIVE: &str = "SELECT order_id, number, field, place, value, original, reason, asked_by, \
                    asked_at, state, decided_by, decided_at FROM correction \
                    WHERE state IN ('asked', 'in-force') AND order_id IN (";

/// A correction with who asked for it and who decided.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct CorrectionRow {
    /// The entry.
    pub order_id: i64,
    /// From 1 in each entry.
    pub number: i64,
    /// What is said.
    #[serde(flatten)]
    pub correction: Correction,
    /// What the till said there when it was asked for.
    pub original: String,
    /// Why.
    pub reason: String,
    /// Who asked.
    pub asked_by: String,
    /// When.
    pub asked_at: Timestamp,
    /// How far it is.
    pub stage: Stage,
    /// Who decided about it last.
    pub decided_by: Option<String>,
    /// When.
    pub decided_at: Option<Timestamp>,
}

impl FromCells for CorrectionRow {
    fn read(row: &impl Cells) -> StoreResult<Self> {
        let correction = Correction {
            field: row.word("field")?,
            place: row.int("place")?,
            value: row.text("value")?,
        };
        Ok(Self {
            order_id: row.int("order_id")?,
            number: row.int("number")?,
            correction,
            original: row.text("original")?,
            reason: row.text("reason")?,
            asked_by: row.text("asked_by")?,
            asked_at: row.time("asked_at")?,
            stage: row.word("state")?,
            decided_by: row.opt_text("decided_by")?,
            decided_at: row.opt_time("decided_at")?,
        })
    }
}

/// One that is asked for, or in force at once.
#[derive(Debug, Clone, Copy)]
pub struct NewCorrection<'a> {
    /// The entry.
    pub order_id: i64,
    /// What is said.
    pub correction: &'a Correction,
    /// What the till said there.
    pub original: &'a str,
    /// Why.
    pub reason: &'a str,
    /// Who.
    pub actor: &'a str,
    /// Asked, or in force.
    pub stage: Stage,
}

/// All of an entry, the first first.
pub async fn of_entry(
    source: impl Into<Source<'_>>,
    order_id: i64,
) -> StoreResult<Vec<CorrectionRow>> {
    let mut conn = source.into().open().await?;
    on!(conn, c => all(&sqlx::query(OF_ENTRY).bind(order_id).fetch_all(c).await?))
}

/// One of them.
pub async fn get(
    source: impl Into<Source<'_>>,
    order_id: i64,
    number: i64,
) -> StoreResult<Option<CorrectionRow>> {
    let mut conn = source.into().open().await?;
    on!(conn, c => {
        one(sqlx::query(ONE).bind(order_id).bind(number).fetch_optional(c).await?.as_ref())
    })
}

/// Those of these entries that are asked for or in force.
pub async fn live(
    source: impl Into<Source<'_>>,
    order_ids: &[i64],
) -> StoreResult<HashMap<i64, Vec<CorrectionRow>>> {
    let mut found: HashMap<i64, Vec<CorrectionRow>> = HashMap::new();
    if order_ids.is_empty() {
        return Ok(found);
    }
    let mut conn = source.into().open().await?;
    for ids in order_ids.chunks(1_024) {
        let rows: Vec<CorrectionRow> = on!(conn, c => {
            let mut query = QueryBuilder::<Sql>::new(LIVE);
            let mut list = query.separated(", ");
            for id in padded(ids) {
                list.push_bind(id);
            }
            all(&query.push(") ORDER BY order_id, number").build().fetch_all(c).await?)?
        });
        for row in rows {
            found.entry(row.order_id).or_default().push(row);
        }
    }
    Ok(found)
}

/// Adds one; what was said of the same place before is replaced. Returns its number.
pub async fn add(tx: &mut Tx, now: Timestamp, new: NewCorrection<'_>) -> StoreResult<i64> {
    let last = of_entry(&mut *tx, new.order_id).await?.last().map_or(0, |row| row.number);
    let (field, place) = (new.correction.field, new.correction.place);
    on!(tx, c => {
        let query = sqlx::query(REPLACE).bind(new.order_id).bind(field.word()).bind(place);
        query.bind(new.actor).bind(now.micros()).execute(&mut *c).await?;
        sqlx::query(ADD)
            .bind(new.order_id)
            .bind(last + 1)
            .bind(field.word())
            .bind(place)
            .bind(new.correction.value.as_str())
            .bind(new.original)
            .bind(new.reason)
            .bind(new.actor)
            .bind(now.micros())
            .bind(new.stage.word())
            .execute(c)
            .await?;
    });
    Ok(last + 1)
}

/// Decides about one; false when it is not at that stage any more.
pub async fn decide(
    tx: &mut Tx,
    now: Timestamp,
    (order_id, number): (i64, i64),
    (from, to): (Stage, Stage),
    actor: &str,
) -> StoreResult<bool> {
    Ok(on!(tx, c => {
        let query = sqlx::query(DECIDE).bind(order_id).bind(number).bind(from.word());
        let query = query.bind(to.word()).bind(actor).bind(now.micros());
        query.execute(c).await?.rows_affected() > 0
    }))
}

/// Ends a person's hold; false when there was none.
pub async fn lift_hold(
    tx: &mut Tx,
    now: Timestamp,
    order_id: i64,
    actor: &str,
) -> StoreResult<bool> {
    Ok(on!(tx, c => {
        let query = sqlx::query(LIFT).bind(order_id).bind(actor).bind(now.micros());
        let query = query.bind(Field::Hold.word());
        query.execute(c).await?.rows_affected() > 0
    }))
}
