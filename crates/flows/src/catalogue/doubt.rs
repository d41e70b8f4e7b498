//! Writes whose reply was lost, and those whose process ended before it wrote the outcome down.
//! Sitoo is asked what it has before anything is sent again.

use std::collections::BTreeMap;

use daybook_domain::{Timestamp, catalogue::till_sku};
use daybook_store::{
    catalogue::{self, Item},
    price_arrival::{self, DEFAULT_LIST},
    till_product,
};

use super::{CatalogueReport, known::Known, prices};
use crate::{app::App, error::FlowError, mirror, retrying::retrying};

/// Variants looked up in one go.
const PIECE: usize = 200;

/// Looks up everything that was sent and has no outcome.
pub(super) async fn resolve(
    app: &App,
    known: &Known,
    report: &mut CatalogueReport,
) -> Result<(), FlowError> {
    let mut after = String::new();
    loop {
        let items = catalogue::intended(&app.db, &after, PIECE).await?;
        let Some(last) = items.last() else { return Ok(()) };
        after.clone_from(&last.sku);
        look_up(app, known, &items, report).await?;
    }
}

/// What Sitoo has decides. What it does not have may still arrive: that is looked up again after
/// the settling time before it may be sent once more.
pub(super) async fn look_up(
    app: &App,
    known: &Known,
    items: &[Item],
    report: &mut CatalogueReport,
) -> Result<(), FlowError> {
    let read_at = app.now();
    let ids: Vec<i64> = items.iter().filter_map(|item| item.product_id).collect();
    let new: Vec<String> = items
        .iter()
        .filter(|item| item.product_id.is_none())
        .filter_map(|item| till_sku(&item.sku, known.rules.blanks).ok())
        .collect();
    let mut found = known.mirror(app).read_ids(&ids).await?;
    let created = known.mirror(app).read_skus(&new).await?;
    report.adopted += created.len() as u64;
    found.extend(created);
    let there: Vec<String> = found.iter().map(|product| known.link(&product.sku)).collect();
    let settled = app.now().minus(app.settings.catalogue.settling_time);
    let (known_now, open): (Vec<&Item>, Vec<&Item>) = items.iter().partition(|item| {
        there.contains(&daybook_domain::sku::fold(&item.sku))
            || item.intent_at.is_none_or(|at| at <= settled)
    });
    let skus = items.iter().map(|item| item.sku.as_str());
    let prices = prices::of(known, skus, &found);
    let linked = known.mirror(app).linked(found);
    let mut again: BTreeMap<Timestamp, Vec<String>> = BTreeMap::new();
    for item in &known_now {
        again.entry(next_look(app, read_at, item.tries)).or_default().push(item.sku.clone());
    }
    let write = || async {
        let mut tx = app.db.begin().await?;
        price_arrival::read_back(&mut tx, read_at, DEFAULT_LIST, &prices).await?;
        let changed = till_product::put(&mut tx, read_at, &linked).await?;
        mirror::queue(&mut tx, read_at, changed).await?;
        for (due_at, skus) in &again {
            catalogue::doubted(&mut tx, *due_at, skus).await?;
        }
        Ok(tx.commit().await?)
    };
    retrying(app, "products in doubt", write).await?;
    tracing::info!(known = known_now.len(), open = open.len(), "products in doubt were looked up");
    Ok(())
}

/// At once, and from the second time on after a pause: a write that Sitoo fails to answer each
/// time must not be repeated without end.
fn next_look(app: &App, read_at: Timestamp, tries: i64) -> Timestamp {
    let settings = &app.settings.catalogue;
    let pause = settings.settling_time.saturating_mul(u32::try_from(tries).unwrap_or(u32::MAX));
    read_at.plus(pause.min(settings.retry_refused_after))
}
