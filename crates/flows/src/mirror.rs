//! Sitoo's products in the book: one table, which prices and stock both read, and one way to fill
//! it: what changed in Sitoo since the last read, or all of them, or some by name.

use std::time::Duration;

use daybook_connectors::sitoo::{ProductsPage, ProductsQuery};
use daybook_domain::{
    Timestamp, catalogue::TillProduct, exchange::Called, mapping::Mapping, priority::Priority,
    sku::fold,
};
use daybook_store::{
    Tx, catalogue,
    till_product::{self, Changed, Linked},
    watermark,
};

use crate::{app::App, error::FlowError, exchanges};

/// When Sitoo's changes were last read.
const READ: &str = "catalogue-read";
/// When all products were last read, as of the beginning.
const READ_ALL: &str = "products-read";
/// How far a read of changes reaches behind the last one: Sitoo's clock is not ours.
const OVERLAP: Duration = Duration::from_mins(10);
/// Products a page (facts/sitoo 1.5).
pub(crate) const PAGE: usize = 1_000;
/// Products that are asked for by name in one request.
pub(crate) const NAMED: usize = 100;

/// Reads Sitoo's products into the book.
#[derive(Clone, Copy)]
pub(crate) struct Mirror<'a> {
    pub(crate) app: &'a App,
    /// Which variant a till's SKU belongs to.
    pub(crate) mapping: &'a Mapping,
    pub(crate) priority: Priority,
}

impl Mirror<'_> {
    /// One page of products.
    pub(crate) async fn page(
        &self,
        query: &ProductsQuery,
        start: usize,
        num: usize,
    ) -> Result<ProductsPage, FlowError> {
        let client = self.app.sitoo.at(self.priority);
        let Called { outcome, exchanges } = client.products(query, start, num).await;
        exchanges::keep(self.app, None, exchanges).await?;
        let page = outcome.map_err(FlowError::Sitoo)?;
        for what in &page.unreadable {
            tracing::warn!("a product of Sitoo cannot be read: {what}");
        }
        Ok(page)
    }

    /// What changed in Sitoo since the last read: by us, by a person, by another program. Returns
    /// how many variants that concerns.
    pub(crate) async fn read_changed(&self) -> Result<u64, FlowError> {
        let read_at = self.app.now();
        let Some(since) = watermark::get(&self.app.db, READ).await? else { return Ok(0) };
        let query = ProductsQuery::ModifiedAfter(Timestamp::from_micros(since).minus(OVERLAP));
        let (mut start, mut differ) = (0, 0);
        loop {
            let page = self.page(&query, start, PAGE).await?;
            start += page.elements;
            let is_last = is_last(&page, start);
            differ += self.keep(read_at, page.products).await?;
            if is_last {
                break;
            }
        }
        let mut tx = self.app.db.begin().await?;
        watermark::set(&mut tx, read_at, READ, read_at.micros()).await?;
        tx.commit().await?;
        Ok(differ)
    }

    /// When all products were last read, whoever did it.
    pub(crate) async fn read_all_at(&self) -> Result<Option<Timestamp>, FlowError> {
        Ok(watermark::get(&self.app.db, READ_ALL).await?.map(Timestamp::from_micros))
    }

    /// All products were read since `began`: what no page has shown is asked for by id before it
    /// counts as gone, because rows shift from page to page when something is deleted meanwhile.
    pub(crate) async fn forget_gone(&self, began: Timestamp) -> Result<(), FlowError> {
        loop {
            let unseen = till_product::not_seen_since(&self.app.db, began, NAMED).await?;
            if unseen.is_empty() {
                break;
            }
            let found = self.read_ids(&unseen).await?;
            let there: Vec<i64> = found.iter().map(|product| product.product_id).collect();
            self.keep(self.app.now().max(began), found).await?;
            let gone: Vec<i64> = unseen.into_iter().filter(|id| !there.contains(id)).collect();
            let mut tx = self.app.db.begin().await?;
            let changed = till_product::remove(&mut tx, &gone).await?;
            queue(&mut tx, self.app.now(), changed).await?;
            tx.commit().await?;
        }
        let mut tx = self.app.db.begin().await?;
        for name in [READ, READ_ALL] {
            watermark::set(&mut tx, self.app.now(), name, began.micros()).await?;
        }
        tx.commit().await?;
        Ok(())
    }

    /// Keeps products as they were read, and asks for a look at the variants they belong to.
    /// Returns how many variants that concerns.
    pub(crate) async fn keep(
        &self,
        read_at: Timestamp,
        products: Vec<TillProduct>,
    ) -> Result<u64, FlowError> {
        let linked = self.linked(products);
        let mut tx = self.app.db.begin().await?;
        let changed = till_product::put(&mut tx, read_at, &linked).await?;
        let differ = changed.links.len() as u64;
        queue(&mut tx, read_at, changed).await?;
        tx.commit().await?;
        Ok(differ)
    }

    pub(crate) fn linked(&self, products: Vec<TillProduct>) -> Vec<Linked> {
        let link = |product: TillProduct| Linked { link: self.link(&product.sku), product };
        products.into_iter().map(link).collect()
    }

    /// The folded code of the variant that a till's SKU belongs to.
    fn link(&self, sku: &str) -> String {
        self.mapping.variant_of(&fold(sku))
    }

    /// Products by their ids; those that do not exist are not there.
    pub(crate) async fn read_ids(&self, ids: &[i64]) -> Result<Vec<TillProduct>, FlowError> {
        let mut products = Vec::with_capacity(ids.len());
        for ids in ids.chunks(NAMED * 2) {
            let query = ProductsQuery::Ids(ids.to_vec());
            products.extend(self.page(&query, 0, PAGE).await?.products);
        }
        Ok(products)
    }

    /// Products by their SKUs in exactly this spelling.
    pub(crate) async fn read_skus(&self, skus: &[String]) -> Result<Vec<TillProduct>, FlowError> {
        let mut products = Vec::with_capacity(skus.len());
        for skus in skus.chunks(NAMED) {
            let query = ProductsQuery::Skus(skus.to_vec());
            products.extend(self.page(&query, 0, PAGE).await?.products);
        }
        Ok(products)
    }

    /// Finds anew which variant each product belongs to.
    pub(crate) async fn relink(&self) -> Result<(), FlowError> {
        let mut after = 0;
        loop {
            let before = till_product::after(&self.app.db, after, PAGE).await?;
            let Some(last) = before.last() else { return Ok(()) };
            after = last.product.product_id;
            let moved: Vec<Linked> = before
                .into_iter()
                .filter_map(|linked| {
                    let link = self.link(&linked.product.sku);
                    (link != linked.link).then_some(Linked { link, ..linked })
                })
                .collect();
            let mut tx = self.app.db.begin().await?;
            let changed = till_product::put(&mut tx, self.app.now(), &moved).await?;
            queue(&mut tx, self.app.now(), changed).await?;
            tx.commit().await?;
        }
    }
}

/// Whether nothing comes after a page that ends at `place`. Sitoo may give less than was asked for.
pub(crate) fn is_last(page: &ProductsPage, place: usize) -> bool {
    let total = usize::try_from(page.total_count).unwrap_or(0);
    page.elements == 0 || (page.elements < PAGE && place >= total)
}

/// Asks for a look at the variants of products that changed, and at those that wait for a barcode.
pub(crate) async fn queue(tx: &mut Tx, now: Timestamp, changed: Changed) -> Result<(), FlowError> {
    let links: Vec<String> = changed.links.into_iter().collect();
    catalogue::queue_folded(tx, now, &links).await?;
    let freed: Vec<String> = changed.freed.into_iter().collect();
    Ok(catalogue::queue_barcodes(tx, now, &freed).await?)
}
