//! Sitoo's products as they were last read: what decisions compare with, so that only what differs
//! is written. `link` is the folded code of the variant that a product belongs to.

use std::collections::{BTreeSet, HashMap};

use daybook_domain::{Timestamp, catalogue::TillProduct, sku::fold};
use serde::Serialize;
use sqlx::QueryBuilder;

use crate::{
    Source, StoreResult, Tx, attribute,
    by_keys::by_keys,
    engine::{self, Cells, FromCells, all, padded, pieces},
};

sql! {
    COUNT = "SELECT CAST(count(*) AS BIGINT) AS products FROM till_product";
    NOT_SEEN = "SELECT product_id FROM till_product WHERE read_at < $1 ORDER BY product_id \
                LIMIT $2";
    NOW_FOREIGN = "UPDATE till_product SET foreign_since = $1 WHERE foreign_since IS NULL \
                   AND NOT EXISTS (SELECT 1 FROM variant WHERE variant.folded = till_product.link)";
    NO_LONGER = "UPDATE till_product SET foreign_since = NULL WHERE foreign_since IS NOT NULL \
                 AND EXISTS (SELECT 1 FROM variant WHERE variant.folded = till_product.link)";
    FOREIGN = "SELECT product_id, sku, title, active_pos, foreign_since FROM till_product \
               WHERE foreign_since IS NOT NULL AND product_id > $1 ORDER BY product_id LIMIT $2";
    FOREIGN_COUNT = "SELECT CAST(count(*) AS BIGINT) AS products FROM till_product \
                     WHERE foreign_since IS NOT NULL";
}

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT product_id, sku, link, title, price, vat_id, barcode, aliases, active_pos, \
             parent_id, allow_decimals, counted, attributes FROM till_product ",
            $rest
        )
    };
}

const SELECT: &str = select!("");
const OF_LINKS: &str = select!("WHERE link IN ");
const UPSERT: &str = "INSERT INTO till_product (product_id, sku, link, title, price, vat_id, \
    barcode, aliases, active_pos, parent_id, allow_decimals, counted, attributes, folded, read_at) ";
const UPSERT_UP: &str = " ON CONFLICT (product_id) DO UPDATE SET sku = excluded.sku, \
    link = excluded.link, title = excluded.title, price = excluded.price, \
    vat_id = excluded.vat_id, barcode = excluded.barcode, aliases = excluded.aliases, \
    active_pos = excluded.active_pos, parent_id = excluded.parent_id, \
    allow_decimals = excluded.allow_decimals, counted = excluded.counted, \
    folded = excluded.folded, attributes = excluded.attributes, \
    read_at = excluded.read_at";
const SEEN: &str = "UPDATE till_product SET read_at = ";
const REMOVE: &str = "DELETE FROM till_product WHERE product_id IN (";
const FREE: &str = "DELETE FROM till_barcode WHERE product_id IN (";
const CARRY: &str = "INSERT INTO till_barcode (barcode, product_id) ";
const HOLDERS: &str = "SELECT b.barcode, p.product_id, p.sku, p.link FROM till_barcode AS b \
    JOIN till_product AS p ON p.product_id = b.product_id WHERE b.barcode IN ";

/// A product, and the folded code of the variant it belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Linked {
    /// The product.
    pub product: TillProduct,
    /// The folded code.
    pub link: String,
}

impl FromCells for Linked {
    fn read(row: &impl Cells) -> StoreResult<Self> {
        let aliases = row.text("aliases")?;
        Ok(Self {
            link: row.text("link")?,
            product: TillProduct {
                product_id: row.int("product_id")?,
                sku: row.text("sku")?,
                title: row.text("title")?,
                price: row.money("price")?,
                vat_id: row.opt_int("vat_id")?,
                barcode: row.text("barcode")?,
                aliases: aliases.split_whitespace().map(str::to_owned).collect(),
                active_pos: row.flag("active_pos")?,
                parent_id: row.opt_int("parent_id")?,
                allow_decimals: row.flag("allow_decimals")?,
                counted: row.flag("counted")?,
                attributes: attribute::read(&row.text("attributes")?)?,
            },
        })
    }
}

/// Who carries a barcode in Sitoo.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    /// The barcode.
    pub barcode: String,
    /// The product.
    pub product_id: i64,
    /// Its SKU.
    pub sku: String,
    /// The folded code of its variant.
    pub link: String,
}

impl FromCells for Held {
    fn read(row: &impl Cells) -> StoreResult<Self> {
        Ok(Self {
            barcode: row.text("barcode")?,
            product_id: row.int("product_id")?,
            sku: row.text("sku")?,
            link: row.text("link")?,
        })
    }
}

/// A product that is in Sitoo and not in OrderWise: a finding, never deleted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Foreign {
    /// `productid`.
    pub product_id: i64,
    /// Its SKU.
    pub sku: String,
    /// Its title.
    pub title: String,
    /// Whether the tills show it.
    pub active_pos: bool,
    /// Since when Daybook knows.
    pub since: Timestamp,
}

impl FromCells for Foreign {
    fn read(row: &impl Cells) -> StoreResult<Self> {
        Ok(Self {
            product_id: row.int("product_id")?,
            sku: row.text("sku")?,
            title: row.text("title")?,
            active_pos: row.flag("active_pos")?,
            since: row.time("foreign_since")?,
        })
    }
}

/// What a read of products has changed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Changed {
    /// Folded codes of variants whose product is new, gone or different.
    pub links: BTreeSet<String>,
    /// Barcodes that a product does not carry any more: another may have them now.
    pub freed: BTreeSet<String>,
}

impl Changed {
    fn note(&mut self, before: Option<&Linked>, now: Option<&Linked>) {
        self.links.extend([before, now].into_iter().flatten().map(|linked| linked.link.clone()));
        let kept: BTreeSet<&str> = now.map(|now| codes(&now.product).collect()).unwrap_or_default();
        let had = before.into_iter().flat_map(|before| codes(&before.product));
        self.freed.extend(had.filter(|code| !kept.contains(code)).map(str::to_owned));
    }

    /// Adds what another piece has changed.
    pub fn add(&mut self, other: Self) {
        self.links.extend(other.links);
        self.freed.extend(other.freed);
    }
}

fn codes(product: &TillProduct) -> impl Iterator<Item = &str> {
    let barcode = Some(product.barcode.as_str()).filter(|code| !code.is_empty());
    barcode.into_iter().chain(product.aliases.iter().map(String::as_str))
}

/// Keeps products as they were read; says what is different.
pub async fn put(tx: &mut Tx, read_at: Timestamp, products: &[Linked]) -> StoreResult<Changed> {
    // A page may show a product twice; the last one counts, and two writers meet in one order.
    let products: HashMap<i64, &Linked> =
        products.iter().map(|linked| (linked.product.product_id, linked)).collect();
    let mut products: Vec<&Linked> = products.into_values().collect();
    products.sort_unstable_by_key(|linked| linked.product.product_id);
    let mut changed = Changed::default();
    for piece in pieces(products.len()) {
        let products = &products[piece];
        let ids: Vec<i64> = products.iter().map(|linked| linked.product.product_id).collect();
        let known = by_ids(tx, &ids).await?;
        let (same, differing): (Vec<_>, Vec<_>) = products
            .iter()
            .copied()
            .partition(|linked| known.get(&linked.product.product_id) == Some(*linked));
        for linked in &differing {
            changed.note(known.get(&linked.product.product_id), Some(linked));
        }
        seen(tx, read_at, &same).await?;
        write(tx, read_at, &differing).await?;
    }
    Ok(changed)
}

async fn by_ids(tx: &mut Tx, ids: &[i64]) -> StoreResult<HashMap<i64, Linked>> {
    let found = by_product_ids(tx, ids).await?;
    Ok(found.into_iter().map(|linked| (linked.product.product_id, linked)).collect())
}

async fn seen(tx: &mut Tx, read_at: Timestamp, products: &[&Linked]) -> StoreResult<()> {
    if products.is_empty() {
        return Ok(());
    }
    let ids: Vec<i64> = products.iter().map(|linked| linked.product.product_id).collect();
    on!(tx, c => {
        let mut query = QueryBuilder::<Sql>::new(SEEN);
        query.push_bind(read_at.micros()).push(" WHERE product_id IN (");
        let mut list = query.separated(", ");
        for id in padded(&ids) {
            list.push_bind(id);
        }
        query.push(")").build().execute(c).await?;
    });
    Ok(())
}

async fn write(tx: &mut Tx, read_at: Timestamp, products: &[&Linked]) -> StoreResult<()> {
    for piece in pieces(products.len()) {
        let products = &products[piece];
        on!(tx, c => {
            let mut query = QueryBuilder::<Sql>::new(UPSERT);
            query.push_values(products, |mut row, Linked { product, link }| {
                row.push_bind(product.product_id).push_bind(product.sku.as_str());
                row.push_bind(link.as_str()).push_bind(product.title.as_str());
                row.push_bind(product.price.pence()).push_bind(product.vat_id);
                row.push_bind(product.barcode.as_str()).push_bind(product.aliases.join(" "));
                row.push_bind(product.active_pos).push_bind(product.parent_id);
                row.push_bind(product.allow_decimals).push_bind(product.counted);
                row.push_bind(attribute::written(&product.attributes));
                row.push_bind(fold(&product.sku)).push_bind(read_at.micros());
            });
            query.push(UPSERT_UP).build().execute(c).await?;
        });
        let ids: Vec<i64> = products.iter().map(|linked| linked.product.product_id).collect();
        delete(tx, FREE, &ids).await?;
        let carried: BTreeSet<(&str, i64)> = products
            .iter()
            .flat_map(|linked| {
                codes(&linked.product).map(move |code| (code, linked.product.product_id))
            })
            .collect();
        let carried: Vec<(&str, i64)> = carried.into_iter().collect();
        for piece in pieces(carried.len()) {
            on!(tx, c => {
                let mut query = QueryBuilder::<Sql>::new(CARRY);
                query.push_values(&carried[piece], |mut row, (code, id)| {
                    row.push_bind(*code).push_bind(*id);
                });
                query.build().execute(c).await?;
            });
        }
    }
    Ok(())
}

async fn delete(tx: &mut Tx, text: &'static str, ids: &[i64]) -> StoreResult<()> {
    for ids in ids.chunks(1_024) {
        on!(tx, c => {
            let mut query = QueryBuilder::<Sql>::new(text);
            let mut list = query.separated(", ");
            for id in padded(ids) {
                list.push_bind(id);
            }
            query.push(")").build().execute(c).await?;
        });
    }
    Ok(())
}

/// Forgets products that Sitoo does not have any more; says whose they were.
pub async fn remove(tx: &mut Tx, ids: &[i64]) -> StoreResult<Changed> {
    let mut changed = Changed::default();
    for ids in ids.chunks(64) {
        for linked in by_ids(tx, ids).await?.values() {
            changed.note(Some(linked), None);
        }
        delete(tx, FREE, ids).await?;
        delete(tx, REMOVE, ids).await?;
    }
    Ok(changed)
}

/// Products of these variants, by the folded codes of the variants, the oldest product first.
pub async fn by_links(source: impl Into<Source<'_>>, links: &[String]) -> StoreResult<Vec<Linked>> {
    by_keys(source.into(), (OF_LINKS, " ORDER BY product_id"), links).await
}

/// Products by their ids.
pub async fn by_product_ids(
    source: impl Into<Source<'_>>,
    ids: &[i64],
) -> StoreResult<Vec<Linked>> {
    let mut conn = source.into().open().await?;
    let mut found = Vec::new();
    for ids in ids.chunks(1_024) {
        found.extend(on!(conn, c => {
            let mut query = QueryBuilder::<Sql>::new(SELECT);
            let mut list = query.push("WHERE product_id IN (").separated(", ");
            for id in padded(ids) {
                list.push_bind(id);
            }
            all::<Linked, _>(&query.push(") ORDER BY product_id").build().fetch_all(c).await?)?
        }));
    }
    Ok(found)
}

/// The next products after `product_id`.
pub async fn after(
    source: impl Into<Source<'_>>,
    product_id: i64,
    limit: usize,
) -> StoreResult<Vec<Linked>> {
    let mut conn = source.into().open().await?;
    on!(conn, c => {
        let mut query = QueryBuilder::<Sql>::new(SELECT);
        query.push("WHERE product_id > ").push_bind(product_id);
        query.push(" ORDER BY product_id LIMIT ").push_bind(engine::limit(limit));
        all(&query.build().fetch_all(c).await?)
    })
}

/// Who carries one of these barcodes in Sitoo.
pub async fn holders(source: impl Into<Source<'_>>, barcodes: &[String]) -> StoreResult<Vec<Held>> {
    by_keys(source.into(), (HOLDERS, " ORDER BY p.product_id"), barcodes).await
}

/// Products that no read has shown since a moment: gone, or missed between two pages.
pub async fn not_seen_since(
    source: impl Into<Source<'_>>,
    moment: Timestamp,
    limit: usize,
) -> StoreResult<Vec<i64>> {
    let mut conn = source.into().open().await?;
    on!(conn, c => {
        let query = sqlx::query(NOT_SEEN).bind(moment.micros()).bind(engine::limit(limit));
        query.fetch_all(c).await?.iter().map(|row| row.int("product_id")).collect()
    })
}

/// Finds the products that belong to no variant, and those that do again.
pub async fn find_foreign(tx: &mut Tx, now: Timestamp) -> StoreResult<()> {
    on!(tx, c => {
        sqlx::query(NO_LONGER).execute(&mut *c).await?;
        sqlx::query(NOW_FOREIGN).bind(now.micros()).execute(&mut *c).await?;
    });
    Ok(())
}

/// Products that belong to no variant, after a product.
pub async fn foreign(
    source: impl Into<Source<'_>>,
    after: i64,
    limit: usize,
) -> StoreResult<Vec<Foreign>> {
    let mut conn = source.into().open().await?;
    on!(conn, c => {
        let query = sqlx::query(FOREIGN).bind(after).bind(engine::limit(limit));
        all(&query.fetch_all(c).await?)
    })
}

/// How many products are known, and how many of them belong to no variant.
pub async fn count(source: impl Into<Source<'_>>) -> StoreResult<(i64, i64)> {
    let mut conn = source.into().open().await?;
    on!(conn, c => {
        let all = sqlx::query(COUNT).fetch_one(&mut *c).await?.int("products")?;
        let foreign = sqlx::query(FOREIGN_COUNT).fetch_one(&mut *c).await?.int("products")?;
        Ok((all, foreign))
    })
}
