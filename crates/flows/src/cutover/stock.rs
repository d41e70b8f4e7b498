//! The opening comparison of stock: both sides are read by clients that cannot write.

use std::collections::{BTreeMap, HashMap};

use daybook_connectors::{Orderwise, Sitoo};
use daybook_domain::{
    Money, Quantity, Timestamp,
    cutover::{
        plan,
        stock::{Compared, Place, Sides, compare},
    },
    exchange::Called,
    mapping::Mapping,
    priority::Priority,
    sku::fold,
};
use daybook_store::cutover;
use serde::Serialize;
use serde_json::json;

use super::deeds::note;
use crate::{
    app::App, error::FlowError, exchanges, retrying::retrying, sales::load::current_mapping,
};

/// A comparison, and when both sides were read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Comparison {
    /// When it began to read.
    pub at: Timestamp,
    /// Warehouses that lead to no stock location.
    pub unmapped: Vec<i64>,
    /// What it found.
    #[serde(flatten)]
    pub compared: Compared,
}

/// Reads both sides and compares them; keeps the summary for the plan.
pub async fn compare_stock(app: &App, actor: &str) -> Result<Comparison, FlowError> {
    let at = app.now();
    let mapping = {
        let mut tx = app.db.begin().await?;
        let mapping = current_mapping(app, &mut tx).await?;
        tx.commit().await?;
        mapping
    };
    let sitoo = app.sitoo.at(Priority::Reconciliation).reading_only();
    let orderwise = app.orderwise.at(Priority::Reconciliation).reading_only();
    let (places, unmapped) = places(app, &sitoo, &mapping).await?;
    let mut sides = Sides { places, ..Sides::default() };
    // The tills first: a sale in between makes OrderWise's side look low, and never high.
    for place in &sides.places {
        let levels = levels(app, &sitoo, place.warehouse_id).await?;
        sides.levels.insert(place.warehouse_id, levels);
    }
    sides.free = free(app, &orderwise).await?;
    sides.prices = prices(app, &orderwise).await?;
    sides.links = mapping.skus.iter().map(|(sku, code)| (sku.clone(), fold(code))).collect();
    let compared = compare(&sides);
    retrying(app, "the comparison of stock", || keep(app, &compared, actor)).await?;
    Ok(Comparison { at, unmapped, compared })
}

async fn keep(app: &App, compared: &Compared, actor: &str) -> Result<(), FlowError> {
    let now = app.now();
    let mut tx = app.db.begin().await?;
    cutover::set_stock(&mut tx, now, &compared.summary()).await?;
    let detail = json!({ "differing": compared.differing(), "worth": compared.worth() });
    note(&mut tx, now, actor, plan::STOCK, &detail).await?;
    tx.commit().await?;
    Ok(())
}

/// Sitoo's warehouses with their stock locations, and those that have none.
async fn places(
    app: &App,
    sitoo: &Sitoo,
    mapping: &Mapping,
) -> Result<(Vec<Place>, Vec<i64>), FlowError> {
    let mut locations: BTreeMap<i64, i64> =
        mapping.warehouses.iter().map(|(id, at)| (*id, *at)).collect();
    let stores = mapping.stores.iter();
    locations.extend(stores.filter_map(|(id, store)| Some((*id, store.stock_location_id?))));
    let Called { outcome, exchanges } = sitoo.warehouses(sitoo.site()).await;
    exchanges::keep(app, None, exchanges).await?;
    let (mut places, mut unmapped) = (Vec::new(), Vec::new());
    for warehouse in outcome.map_err(FlowError::Sitoo)? {
        match locations.get(&warehouse.id) {
            Some(&location_id) => {
                let (warehouse_id, name) = (warehouse.id, warehouse.name);
                places.push(Place { warehouse_id, location_id, name });
            }
            None => unmapped.push(warehouse.id),
        }
    }
    places.sort();
    Ok((places, unmapped))
}

async fn levels(
    app: &App,
    sitoo: &Sitoo,
    warehouse_id: i64,
) -> Result<Vec<(String, Quantity)>, FlowError> {
    let mut all: Vec<(String, Quantity)> = Vec::new();
    loop {
        let Called { outcome, exchanges } = sitoo.levels_page(warehouse_id, all.len()).await;
        exchanges::keep(app, None, exchanges).await?;
        let page = outcome.map_err(FlowError::Sitoo)?;
        let is_empty = page.levels.is_empty();
        all.extend(page.levels.into_iter().map(|level| (level.sku, level.total)));
        if is_empty || i64::try_from(all.len()).is_ok_and(|read| read >= page.total_count) {
            return Ok(all);
        }
    }
}

type Free = HashMap<i64, Vec<(String, Quantity)>>;

async fn free(app: &App, orderwise: &Orderwise) -> Result<Free, FlowError> {
    let Called { outcome, exchanges } = orderwise.stock_levels(None).await;
    exchanges::keep(app, None, exchanges).await?;
    let mut free: Free = HashMap::new();
    for figure in outcome.map_err(FlowError::Orderwise)? {
        free.entry(figure.location_id).or_default().push((figure.sku, figure.free));
    }
    Ok(free)
}

async fn prices(app: &App, orderwise: &Orderwise) -> Result<HashMap<String, Money>, FlowError> {
    let Called { outcome, exchanges } = orderwise.variants(None).await;
    exchanges::keep(app, None, exchanges).await?;
    let variants = outcome.map_err(FlowError::Orderwise)?.into_iter();
    let price = |one: daybook_domain::catalogue::FullVariant| {
        Some((fold(&one.variant.sku), one.price_inc_vat?.rounded()))
    };
    Ok(variants.filter_map(price).collect())
}
