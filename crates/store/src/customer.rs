//! Shoppers that were created as customers of OrderWise: found or created once.

use daybook_domain::Timestamp;
use serde::Serialize;

use crate::{
    Source, StoreResult, Tx,
    cutover::Leave,
    engine::{Cells, FromCells, one},
};

sql! {
    GET = "SELECT key, state, erp_customer_id, intent_at, known_at FROM customer WHERE key = $1";
    INTEND = "INSERT INTO customer (key, state, intent_at) VALUES ($1, 'creating', $2) \
              ON CONFLICT (key) DO UPDATE SET intent_at = excluded.intent_at \
              WHERE customer.state = 'creating' AND customer.intent_at <= $3";
    KNOWN = "INSERT INTO customer (key, state, erp_customer_id, intent_at, known_at) \
             VALUES ($1, 'known', $2, $3, $3) ON CONFLICT (key) DO UPDATE SET state = 'known', \
             erp_customer_id = excluded.erp_customer_id, known_at = excluded.known_at";
}

/// A customer as the book knows it. The key is an e-mail address or a membership number: it goes when
/// the shopper is erased.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CustomerRow {
    /// What the shopper is recognised by, in the caller's form.
    pub key: String,
    /// OrderWise's customer id, once known.
    pub erp_customer_id: Option<i64>,
    /// When somebody set out to find or create it.
    pub intent_at: Timestamp,
    /// When it was found or created.
    pub known_at: Option<Timestamp>,
}

impl FromCells for CustomerRow {
    fn read(row: &impl Cells) -> StoreResult<Self> {
        Ok(Self {
            key: row.text("key")?,
            erp_customer_id: row.opt_int("erp_customer_id")?,
            intent_at: row.time("intent_at")?,
            known_at: row.opt_time("known_at")?,
        })
    }
}

/// One customer.
pub async fn get(source: impl Into<Source<'_>>, key: &str) -> StoreResult<Option<CustomerRow>> {
    let mut conn = source.into().open().await?;
    on!(conn, c => one(sqlx::query(GET).bind(key).fetch_optional(c).await?.as_ref()))
}

/// Writes down the intent to find or create a customer; false when it is known, or when somebody
/// else set out to do so after `stale_before`.
pub async fn intend(
    tx: &mut Tx,
    _leave: Leave,
    now: Timestamp,
    key: &str,
    stale_before: Timestamp,
) -> StoreResult<bool> {
    Ok(on!(tx, c => {
        let query = sqlx::query(INTEND).bind(key).bind(now.micros()).bind(stale_before.micros());
        query.execute(c).await?.rows_affected() == 1
    }))
}

/// Writes down which customer of OrderWise it is.
pub async fn known(
    tx: &mut Tx,
    now: Timestamp,
    key: &str,
    erp_customer_id: i64,
) -> StoreResult<()> {
    on!(tx, c => {
        sqlx::query(KNOWN).bind(key).bind(erp_customer_id).bind(now.micros()).execute(c).await?;
    });
    Ok(())
}
