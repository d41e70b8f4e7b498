//! Sitoo's products, as far as stock needs them: how they are spelled, whether they are sold in
//! fractions, whether they are counted.

use std::collections::BTreeMap;

use daybook_domain::{Timestamp, sku::fold};
use sqlx::QueryBuilder;

use crate::{
    Source, StoreResult, Tx,
    by_keys::by_keys,
    engine::{Cells, FromCells, all, pieces},
};

sql! {
    ALL = "SELECT sku, folded, allow_decimals, counted FROM stock_product";
    COUNT = "SELECT CAST(count(*) AS BIGINT) AS products FROM stock_product";
    REMOVE = "DELETE FROM stock_product WHERE seen_at < $1";
}

const OF_SKUS: &str =
    "SELECT sku, folded, allow_decimals, counted FROM stock_product WHERE folded IN ";
const UPSERT: &str = "INSERT INTO stock_product (sku, folded, allow_decimals, counted, seen_at) ";
const UPSERT_UP: &str = " ON CONFLICT (sku) DO UPDATE SET folded = excluded.folded, \
    allow_decimals = excluded.allow_decimals, counted = excluded.counted, \
    seen_at = excluded.seen_at";

/// A product of Sitoo.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TillProduct {
    /// In Sitoo's spelling.
    pub sku: String,
    /// `allowdecimals`.
    pub allow_decimals: bool,
    /// `stockcountenable`.
    pub counted: bool,
}

impl FromCells for TillProduct {
    fn read(row: &impl Cells) -> StoreResult<Self> {
        Ok(Self {
            sku: row.text("sku")?,
            allow_decimals: row.flag("allow_decimals")?,
            counted: row.flag("counted")?,
        })
    }
}

/// Keeps products.
pub async fn upsert(tx: &mut Tx, seen_at: Timestamp, products: &[TillProduct]) -> StoreResult<()> {
    let products: BTreeMap<&str, &TillProduct> =
        products.iter().map(|product| (product.sku.as_str(), product)).collect();
    let products: Vec<&TillProduct> = products.into_values().collect();
    for piece in pieces(products.len()) {
        on!(tx, c => {
            let mut query = QueryBuilder::<Sql>::new(UPSERT);
            query.push_values(&products[piece], |mut row, product| {
                row.push_bind(product.sku.as_str()).push_bind(fold(&product.sku));
                row.push_bind(product.allow_decimals).push_bind(product.counted);
                row.push_bind(seen_at.micros());
            });
            query.push(UPSERT_UP).build().execute(c).await?;
        });
    }
    Ok(())
}

/// The products whose folded SKU is one of these.
pub async fn by_folded(
    source: impl Into<Source<'_>>,
    folded: &[String],
) -> StoreResult<Vec<TillProduct>> {
    by_keys(source.into(), (OF_SKUS, ""), folded).await
}

/// Every product.
pub async fn all_products(source: impl Into<Source<'_>>) -> StoreResult<Vec<TillProduct>> {
    let mut conn = source.into().open().await?;
    on!(conn, c => all(&sqlx::query(ALL).fetch_all(c).await?))
}

/// Forgets products that a full read no longer showed.
pub async fn remove_not_seen_since(tx: &mut Tx, moment: Timestamp) -> StoreResult<()> {
    on!(tx, c => {
        sqlx::query(REMOVE).bind(moment.micros()).execute(c).await?;
    });
    Ok(())
}

/// How many products are known.
pub async fn count(source: impl Into<Source<'_>>) -> StoreResult<i64> {
    let mut conn = source.into().open().await?;
    on!(conn, c => sqlx::query(COUNT).fetch_one(c).await?.int("products"))
}
