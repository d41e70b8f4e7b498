//! The queue: what is to be looked at, and what became of it.

use daybook_domain::{Timestamp, catalogue::Standing};
use sqlx::QueryBuilder;

use super::{COLUMNS, Item};
use crate::{
    Source, StoreResult, Tx,
    engine::{self, all, pieces},
};

sql! {
    REFUSED = "UPDATE catalogue_item SET intent_at = NULL, refusal = $2, tries = tries + 1, \
               due_at = $3 WHERE sku = $1";
    /// Variants that OrderWise has no longer.
    FORGET = "DELETE FROM catalogue_item WHERE intent_at IS NULL AND NOT EXISTS \
              (SELECT 1 FROM variant WHERE variant.sku = catalogue_item.sku)";
    FORGET_FAULTS = "DELETE FROM catalogue_fault WHERE NOT EXISTS \
                     (SELECT 1 FROM variant WHERE variant.sku = catalogue_fault.sku)";
}

const DUE: &str = "WHERE intent_at IS NULL AND due_at IS NOT NULL AND due_at <= ";
const INTENDED: &str = "WHERE intent_at IS NOT NULL AND sku > ";
const QUEUE: &str = "INSERT INTO catalogue_item (sku, due_at, tries) SELECT sku, ";
const QUEUE_UP: &str = " ON CONFLICT (sku) DO UPDATE SET marks = catalogue_item.marks + 1, \
    due_at = CASE WHEN catalogue_item.due_at < excluded.due_at THEN catalogue_item.due_at \
    ELSE excluded.due_at END";
const SETTLE: &str = "INSERT INTO catalogue_item (sku, standing, product_id, tries, decided_at, \
    marks) ";
/// What was asked for meanwhile stays due: it was decided without it.
const SETTLE_UP: &str = " ON CONFLICT (sku) DO UPDATE SET standing = excluded.standing, \
    product_id = excluded.product_id, decided_at = excluded.decided_at, tries = 0, \
    due_at = CASE WHEN catalogue_item.marks = excluded.marks THEN NULL \
    ELSE COALESCE(catalogue_item.due_at, excluded.decided_at) END, \
    intent_at = NULL, refusal = NULL";

/// Which variants a look is asked for.
#[derive(Debug, Clone, Copy)]
enum Which {
    Sku,
    Folded,
    Ean,
}

/// Asks for a look at these variants, by their exact SKUs.
pub async fn queue_some(tx: &mut Tx, due_at: Timestamp, skus: &[String]) -> StoreResult<()> {
    queue(tx, due_at, Which::Sku, skus).await
}

/// Asks for a look at the variants whose folded SKU is one of these.
pub async fn queue_folded(tx: &mut Tx, due_at: Timestamp, folded: &[String]) -> StoreResult<()> {
    queue(tx, due_at, Which::Folded, folded).await
}

/// Asks for a look at the variants that have one of these barcodes.
pub async fn queue_barcodes(tx: &mut Tx, due_at: Timestamp, eans: &[String]) -> StoreResult<()> {
    queue(tx, due_at, Which::Ean, eans).await
}

async fn queue(tx: &mut Tx, due_at: Timestamp, which: Which, keys: &[String]) -> StoreResult<()> {
    for piece in pieces(keys.len()) {
        on!(tx, c => {
            let mut query = QueryBuilder::<Sql>::new(QUEUE);
            query.push_bind(due_at.micros()).push(match which {
                Which::Sku => ", 0 FROM variant WHERE sku IN (",
                Which::Folded => ", 0 FROM variant WHERE folded IN (",
                Which::Ean => ", 0 FROM variant WHERE ean IN (",
            });
            let mut list = query.separated(", ");
            for key in &keys[piece] {
                list.push_bind(key.as_str());
            }
            query.push(") ORDER BY sku").push(QUEUE_UP).build().execute(c).await?;
        });
    }
    Ok(())
}

/// What is due, the oldest first.
pub async fn due(
    source: impl Into<Source<'_>>,
    now: Timestamp,
    limit: usize,
) -> StoreResult<Vec<Item>> {
    let mut conn = source.into().open().await?;
    on!(conn, c => {
        let mut query = QueryBuilder::<Sql>::new(COLUMNS);
        query.push(DUE).push_bind(now.micros()).push(" ORDER BY due_at, sku LIMIT ");
        all(&query.push_bind(engine::limit(limit)).build().fetch_all(c).await?)
    })
}

/// What was sent and has no outcome, after a SKU.
pub async fn intended(
    source: impl Into<Source<'_>>,
    after: &str,
    limit: usize,
) -> StoreResult<Vec<Item>> {
    let mut conn = source.into().open().await?;
    on!(conn, c => {
        let mut query = QueryBuilder::<Sql>::new(COLUMNS);
        query.push(INTENDED).push_bind(after).push(" ORDER BY sku LIMIT ");
        all(&query.push_bind(engine::limit(limit)).build().fetch_all(c).await?)
    })
}

/// Notes, before the call, that these are being sent. They stay in the queue until their outcome
/// is written down.
pub async fn intend(tx: &mut Tx, now: Timestamp, skus: &[String]) -> StoreResult<()> {
    mark(tx, "UPDATE catalogue_item SET intent_at = ", Some(now), skus).await
}

/// Looks at these again then, whatever was sent of them: its outcome is known to be "nothing".
pub async fn postpone(tx: &mut Tx, due_at: Timestamp, skus: &[String]) -> StoreResult<()> {
    let text = "UPDATE catalogue_item SET intent_at = NULL, due_at = ";
    mark(tx, text, Some(due_at), skus).await
}

/// The outcome of what was sent of these is not to be had; they are looked at again then.
pub async fn doubted(tx: &mut Tx, due_at: Timestamp, skus: &[String]) -> StoreResult<()> {
    let text = "UPDATE catalogue_item SET intent_at = NULL, tries = tries + 1, due_at = ";
    mark(tx, text, Some(due_at), skus).await
}

async fn mark(
    tx: &mut Tx,
    text: &'static str,
    at: Option<Timestamp>,
    skus: &[String],
) -> StoreResult<()> {
    for piece in pieces(skus.len()) {
        on!(tx, c => {
            let mut query = QueryBuilder::<Sql>::new(text);
            query.push_bind(at.map(Timestamp::micros)).push(" WHERE sku IN (");
            let mut list = query.separated(", ");
            for sku in &skus[piece] {
                list.push_bind(sku.as_str());
            }
            query.push(")").build().execute(c).await?;
        });
    }
    Ok(())
}

/// What was decided about a variant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settled {
    /// Its SKU.
    pub sku: String,
    /// Where it stands.
    pub standing: Standing,
    /// Its product in Sitoo.
    pub product_id: Option<i64>,
    /// [`Item::marks`] when it was taken from the queue.
    pub marks: i64,
}

/// Takes variants out of the queue: they are as they should be, or must wait for a change. A look
/// that was asked for since they were taken is still due.
pub async fn settle(tx: &mut Tx, now: Timestamp, settled: &[Settled]) -> StoreResult<()> {
    for piece in pieces(settled.len()) {
        on!(tx, c => {
            let mut query = QueryBuilder::<Sql>::new(SETTLE);
            query.push_values(&settled[piece], |mut row, one| {
                row.push_bind(one.sku.as_str()).push_bind(one.standing.word());
                row.push_bind(one.product_id).push_bind(0_i64).push_bind(now.micros());
                row.push_bind(one.marks);
            });
            query.push(SETTLE_UP).build().execute(c).await?;
        });
    }
    Ok(())
}

/// Keeps why Sitoo refused one, and when it is tried again.
pub async fn refused(tx: &mut Tx, sku: &str, why: &str, due_at: Timestamp) -> StoreResult<()> {
    on!(tx, c => {
        let query = sqlx::query(REFUSED).bind(sku).bind(why).bind(due_at.micros());
        query.execute(c).await?;
    });
    Ok(())
}

/// Forgets what OrderWise has no longer; its product, if there is one, is a finding from now on.
pub async fn forget_gone(tx: &mut Tx) -> StoreResult<()> {
    on!(tx, c => {
        sqlx::query(FORGET).execute(&mut *c).await?;
        sqlx::query(FORGET_FAULTS).execute(&mut *c).await?;
    });
    Ok(())
}
