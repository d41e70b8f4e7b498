//! Sitoo's products, as far as stock needs them: how they are spelled, whether they are sold in
//! fractions, whether they are counted. They are kept by [`crate::till_product`].

use crate::{
    Source, StoreResult,
    by_keys::by_keys,
    engine::{Cells, FromCells, all},
};

macro_rules! select {
    ($rest:literal) => {
        concat!("SELECT sku, allow_decimals, counted FROM till_product", $rest)
    };
}

sql! {
    ALL = select!("");
}

const OF_SKUS: &str = select!(" WHERE folded IN ");

/// A product of Sitoo.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StockProduct {
    /// In Sitoo's spelling.
    pub sku: String,
    /// `allowdecimals`.
    pub allow_decimals: bool,
    /// `stockcountenable`.
    pub counted: bool,
}

impl FromCells for StockProduct {
    fn read(row: &impl Cells) -> StoreResult<Self> {
        Ok(Self {
            sku: row.text("sku")?,
            allow_decimals: row.flag("allow_decimals")?,
            counted: row.flag("counted")?,
        })
    }
}

/// The products whose folded SKU is one of these.
pub async fn by_folded(
    source: impl Into<Source<'_>>,
    folded: &[String],
) -> StoreResult<Vec<StockProduct>> {
    by_keys(source.into(), (OF_SKUS, ""), folded).await
}

/// Every product.
pub async fn all_products(source: impl Into<Source<'_>>) -> StoreResult<Vec<StockProduct>> {
    let mut conn = source.into().open().await?;
    on!(conn, c => all(&sqlx::query(ALL).fetch_all(c).await?))
}
