//! Sitoo's products, as far as stock needs them.

use std::{collections::HashMap, time::Duration};

use daybook_connectors::sitoo::ProductsQuery;
use daybook_domain::{priority::Priority, sku::fold};
use daybook_store::stock::product::{self, StockProduct};

use super::{Pass, may_go_on};
use crate::{
    app::App,
    error::FlowError,
    mirror::{Mirror, PAGE, is_last},
};

/// Products by folded SKU, the exact spellings in order.
pub(super) type Products = HashMap<String, Vec<StockProduct>>;

/// All products are read once a night, by whichever flow comes first.
const FRESH: Duration = Duration::from_hours(12);

fn mirror<'a>(pass: &'a Pass<'_>) -> Mirror<'a> {
    Mirror { app: pass.app, mapping: pass.places.mapping(), priority: Priority::Stock }
}

/// The products of some folded SKUs. What is not known is asked for under the spelling that is
/// likely, once.
pub(super) async fn of(
    pass: &Pass<'_>,
    folded: &[String],
    likely: &HashMap<String, String>,
) -> Result<Products, FlowError> {
    let db = &pass.app.db;
    let products = sorted(product::by_folded(db, folded).await?);
    let unknown: Vec<String> = folded
        .iter()
        .filter(|folded| !products.contains_key(*folded))
        .filter_map(|folded| likely.get(folded).cloned())
        .collect();
    if unknown.is_empty() {
        return Ok(products);
    }
    let read_at = pass.app.now();
    let found = mirror(pass).read_skus(&unknown).await?;
    mirror(pass).keep(read_at, found).await?;
    Ok(sorted(product::by_folded(db, folded).await?))
}

/// Every product that is known.
pub(super) async fn all(app: &App) -> Result<Products, FlowError> {
    Ok(sorted(product::all_products(&app.db).await?))
}

/// Makes sure that every product is known; false if it had to stop.
pub(super) async fn read_all(pass: &Pass<'_>) -> Result<bool, FlowError> {
    let (app, mirror) = (pass.app, mirror(pass));
    let began = app.now();
    if mirror.read_all_at().await?.is_some_and(|at| began.since(at) < FRESH) {
        mirror.read_changed().await?;
        return Ok(true);
    }
    let mut start = 0;
    loop {
        if !may_go_on(app).await? {
            return Ok(false);
        }
        let page = mirror.page(&ProductsQuery::All, start, PAGE).await?;
        start += page.elements;
        let is_last = is_last(&page, start);
        mirror.keep(app.now(), page.products).await?;
        if is_last {
            mirror.forget_gone(began).await?;
            return Ok(true);
        }
    }
}

fn sorted(found: Vec<StockProduct>) -> Products {
    let mut products = Products::new();
    for product in found {
        products.entry(fold(&product.sku)).or_default().push(product);
    }
    for spellings in products.values_mut() {
        spellings.sort_by(|a, b| a.sku.cmp(&b.sku));
    }
    products
}
