//! Reading Sitoo's products into the book: what changed there since the last read, or all of them.

use std::time::Duration;

use daybook_connectors::sitoo::{ProductsPage, ProductsQuery};
use daybook_domain::{Timestamp, catalogue::TillProduct, exchange::Called, priority::Priority};
use daybook_store::{
    Tx, catalogue,
    till_product::{self, Changed, Linked},
    watermark,
};

use super::{CatalogueReport, known::Known, sitoo};
use crate::{app::App, error::FlowError, exchanges, retrying::retrying};

/// When Sitoo's changes were last read.
pub(super) const READ: &str = "catalogue-read";
/// How far a read of changes reaches behind the last one: Sitoo's clock is not ours.
const OVERLAP: Duration = Duration::from_mins(10);
/// Products a page (facts/sitoo 1.5).
pub(super) const PAGE: usize = 1_000;
/// Products that are asked for by name in one request.
pub(super) const NAMED: usize = 100;

/// One page of products.
pub(super) async fn page(
    app: &App,
    query: &ProductsQuery,
    start: usize,
    num: usize,
) -> Result<ProductsPage, FlowError> {
    let Called { outcome, exchanges } =
        app.sitoo.at(Priority::Catalogue).products(query, start, num).await;
    exchanges::keep(app, None, exchanges).await?;
    let page = outcome.map_err(sitoo)?;
    for what in &page.unreadable {
        tracing::warn!("a product of Sitoo cannot be read: {what}");
    }
    Ok(page)
}

/// What changed in Sitoo since the last read: by us, by a person, by another program.
pub(super) async fn read_changed(
    app: &App,
    known: &Known,
    report: &mut CatalogueReport,
) -> Result<(), FlowError> {
    let read_at = app.now();
    let Some(since) = watermark::get(&app.db, READ).await? else { return Ok(()) };
    let query = ProductsQuery::ModifiedAfter(Timestamp::from_micros(since).minus(OVERLAP));
    let mut start = 0;
    loop {
        let page = page(app, &query, start, PAGE).await?;
        start += page.elements;
        report.differed += keep(app, known, read_at, page.products).await?;
        if page.elements < PAGE {
            break;
        }
    }
    let note = || async {
        let mut tx = app.db.begin().await?;
        watermark::set(&mut tx, read_at, READ, read_at.micros()).await?;
        Ok(tx.commit().await?)
    };
    retrying(app, "watermarks", note).await
}

/// Keeps products as they were read, and asks for a look at the variants they belong to. Returns
/// how many variants that concerns.
pub(super) async fn keep(
    app: &App,
    known: &Known,
    read_at: Timestamp,
    products: Vec<TillProduct>,
) -> Result<u64, FlowError> {
    let linked = linked(known, products);
    retrying(app, "products", || put(app, read_at, &linked)).await
}

async fn put(app: &App, read_at: Timestamp, linked: &[Linked]) -> Result<u64, FlowError> {
    let mut tx = app.db.begin().await?;
    let changed = till_product::put(&mut tx, read_at, linked).await?;
    let differ = changed.links.len() as u64;
    queue(&mut tx, read_at, changed).await?;
    tx.commit().await?;
    Ok(differ)
}

pub(super) fn linked(known: &Known, products: Vec<TillProduct>) -> Vec<Linked> {
    let link = |product: TillProduct| Linked { link: known.link(&product.sku), product };
    products.into_iter().map(link).collect()
}

/// Asks for a look at the variants of products that changed, and at those that wait for a barcode.
pub(super) async fn queue(tx: &mut Tx, now: Timestamp, changed: Changed) -> Result<(), FlowError> {
    let links: Vec<String> = changed.links.into_iter().collect();
    catalogue::queue_folded(tx, now, &links).await?;
    let freed: Vec<String> = changed.freed.into_iter().collect();
    Ok(catalogue::queue_barcodes(tx, now, &freed).await?)
}

/// Products by their ids; those that do not exist are not there. Returns how many were.
pub(super) async fn read_ids(app: &App, ids: &[i64]) -> Result<Vec<TillProduct>, FlowError> {
    let mut products = Vec::with_capacity(ids.len());
    for ids in ids.chunks(NAMED * 2) {
        let query = ProductsQuery::Ids(ids.to_vec());
        products.extend(page(app, &query, 0, PAGE).await?.products);
    }
    Ok(products)
}

/// Products by their SKUs in exactly this spelling.
pub(super) async fn read_skus(app: &App, skus: &[String]) -> Result<Vec<TillProduct>, FlowError> {
    let mut products = Vec::with_capacity(skus.len());
    for skus in skus.chunks(NAMED) {
        let query = ProductsQuery::Skus(skus.to_vec());
        products.extend(page(app, &query, 0, PAGE).await?.products);
    }
    Ok(products)
}

/// Finds anew which variant each product belongs to.
pub(super) async fn relink(app: &App, known: &Known) -> Result<(), FlowError> {
    let mut after = 0;
    loop {
        let before = till_product::after(&app.db, after, PAGE).await?;
        let Some(last) = before.last() else { return Ok(()) };
        after = last.product.product_id;
        let moved: Vec<Linked> = before
            .into_iter()
            .filter_map(|linked| {
                let link = known.link(&linked.product.sku);
                (link != linked.link).then_some(Linked { link, ..linked })
            })
            .collect();
        retrying(app, "products", || put(app, app.now(), &moved)).await?;
    }
}
