//! Prices of Sitoo's further price lists, as they were last read or written.

use daybook_domain::Money;
use sqlx::QueryBuilder;

use crate::{
    Source, StoreResult, Tx,
    engine::{self, Cells, FromCells, all, pieces},
};

sql! {
    CLEAR = "DELETE FROM list_price WHERE list = $1";
    /// Whole pence, half a penny up.
    DIFFERING = "SELECT p.product_id, p.sku, i.sku AS variant, l.price AS old, \
                 (p.price * $2 + 50) / 100 AS price \
                 FROM till_product AS p JOIN catalogue_item AS i ON i.product_id = p.product_id \
                 LEFT JOIN list_price AS l ON l.list = $1 AND l.sku = p.sku \
                 WHERE p.product_id > $3 AND i.standing = 'published' AND p.price > 0 \
                 AND (l.price IS NULL OR l.price <> (p.price * $2 + 50) / 100) \
                 ORDER BY p.product_id LIMIT $4";
    IN_ORDER = "SELECT l.sku FROM list_price AS l JOIN till_product AS p ON p.sku = l.sku \
                WHERE l.list = $1 ORDER BY p.product_id";
}

const INSERT: &str = "INSERT INTO list_price (list, sku, price) ";
const INSERT_UP: &str = " ON CONFLICT (list, sku) DO UPDATE SET price = excluded.price";

/// A price that a list should have and does not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Differing {
    /// The product.
    pub product_id: i64,
    /// Its SKU at the tills.
    pub sku: String,
    /// The SKU of its variant.
    pub variant: String,
    /// The price that it has there.
    pub old: Option<Money>,
    /// The price it should have there.
    pub price: Money,
}

impl FromCells for Differing {
    fn read(row: &impl Cells) -> StoreResult<Self> {
        Ok(Self {
            product_id: row.int("product_id")?,
            sku: row.text("sku")?,
            variant: row.text("variant")?,
            old: row.opt_money("old")?,
            price: row.money("price")?,
        })
    }
}

/// Published products after `after` whose price in a list is not this share of their own price.
pub async fn differing(
    source: impl Into<Source<'_>>,
    (list, percent): (i64, i64),
    after: i64,
    limit: usize,
) -> StoreResult<Vec<Differing>> {
    let mut conn = source.into().open().await?;
    on!(conn, c => {
        let query = sqlx::query(DIFFERING).bind(list).bind(percent).bind(after);
        all(&query.bind(engine::limit(limit)).fetch_all(c).await?)
    })
}

/// SKUs of a list, as far as they are known, in the order in which Sitoo shows them.
pub async fn in_order(source: impl Into<Source<'_>>, list: i64) -> StoreResult<Vec<String>> {
    let mut conn = source.into().open().await?;
    on!(conn, c => {
        let rows = sqlx::query(IN_ORDER).bind(list).fetch_all(c).await?;
        rows.iter().map(|row| row.text("sku")).collect()
    })
}

/// Keeps prices of a list.
pub async fn put(tx: &mut Tx, list: i64, prices: &[(String, Money)]) -> StoreResult<()> {
    for piece in pieces(prices.len()) {
        on!(tx, c => {
            let mut query = QueryBuilder::<Sql>::new(INSERT);
            query.push_values(&prices[piece], |mut row, (sku, price)| {
                row.push_bind(list).push_bind(sku.as_str()).push_bind(price.pence());
            });
            query.push(INSERT_UP).build().execute(c).await?;
        });
    }
    Ok(())
}

/// Forgets what is known of a list, before it is read anew.
pub async fn clear(tx: &mut Tx, list: i64) -> StoreResult<()> {
    on!(tx, c => {
        sqlx::query(CLEAR).bind(list).execute(c).await?;
    });
    Ok(())
}
