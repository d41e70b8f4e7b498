//! Sitoo's products, as far as stock needs them.

use std::collections::HashMap;

use daybook_connectors::sitoo::ProductStock;
use daybook_domain::{Timestamp, exchange::Called, priority::Priority, sku::fold};
use daybook_store::stock::product::{self, TillProduct};

use super::{Pass, may_go_on};
use crate::{app::App, error::FlowError, exchanges, retrying::retrying};

/// Products by folded SKU, the exact spellings in order.
pub(super) type Products = HashMap<String, Vec<TillProduct>>;

/// The products of some folded SKUs. What is not known is asked for under the spelling that is
/// likely, once.
pub(super) async fn of(
    app: &App,
    folded: &[String],
    likely: &HashMap<String, String>,
) -> Result<Products, FlowError> {
    let mut products = sorted(product::by_folded(&app.db, folded).await?);
    let unknown: Vec<String> = folded
        .iter()
        .filter(|folded| !products.contains_key(*folded))
        .filter_map(|folded| likely.get(folded).cloned())
        .collect();
    if unknown.is_empty() {
        return Ok(products);
    }
    let Called { outcome, exchanges } = app.sitoo.at(Priority::Stock).product_stock(&unknown).await;
    exchanges::keep(app, None, exchanges).await?;
    let found: Vec<TillProduct> =
        outcome.map_err(FlowError::Sitoo)?.into_iter().map(till_product).collect();
    let now = app.now();
    retrying(app, "products", || keep(app, now, &found, false)).await?;
    products.extend(sorted(found));
    Ok(products)
}

/// Every product that is known.
pub(super) async fn all(app: &App) -> Result<Products, FlowError> {
    Ok(sorted(product::all_products(&app.db).await?))
}

/// Reads every product anew; false if it had to stop.
pub(super) async fn read_all(pass: &Pass<'_>) -> Result<bool, FlowError> {
    let app = pass.app;
    let began = app.now();
    let mut start = 0;
    loop {
        if !may_go_on(app).await? {
            return Ok(false);
        }
        let Called { outcome, exchanges } =
            app.sitoo.at(Priority::Stock).product_stock_page(start).await;
        exchanges::keep(app, None, exchanges).await?;
        let page = outcome.map_err(FlowError::Sitoo)?;
        start += page.len();
        let is_last = page.is_empty();
        let page: Vec<TillProduct> = page.into_iter().map(till_product).collect();
        retrying(app, "products", || keep(app, began, &page, is_last)).await?;
        if is_last {
            return Ok(true);
        }
    }
}

/// Keeps products; after the last of all, those that were not seen are forgotten.
async fn keep(
    app: &App,
    seen_at: Timestamp,
    products: &[TillProduct],
    is_last: bool,
) -> Result<(), FlowError> {
    let mut tx = app.db.begin().await?;
    product::upsert(&mut tx, seen_at, products).await?;
    if is_last {
        product::remove_not_seen_since(&mut tx, seen_at).await?;
    }
    tx.commit().await?;
    Ok(())
}

fn till_product(product: ProductStock) -> TillProduct {
    TillProduct {
        sku: product.sku,
        allow_decimals: product.allow_decimals,
        counted: product.counted,
    }
}

fn sorted(found: Vec<TillProduct>) -> Products {
    let mut products = Products::new();
    for product in found {
        products.entry(fold(&product.sku)).or_default().push(product);
    }
    for spellings in products.values_mut() {
        spellings.sort_by(|a, b| a.sku.cmp(&b.sku));
    }
    products
}
