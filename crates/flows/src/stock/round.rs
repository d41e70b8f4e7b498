//! A round: what is due, in the one order of reads that is right (design section 5).

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use daybook_connectors::sitoo::Level;
use daybook_domain::{Quantity, exchange::Called, priority::Priority, sku::fold, stock::Why};
use daybook_store::stock::{
    due::{self, DueRow},
    figure::{self, Key},
    history::{self, HistoryRow},
    product::StockProduct,
    write as write_row,
};

use super::{
    Pass,
    facts::Facts,
    figures,
    lines::{Case, Decided, decide},
    may_go_on,
    products::{self, Products},
    unexplained,
    write::{self, Work},
};
use crate::{
    error::FlowError,
    exchanges,
    sales::{SyncReport, receive},
};

/// SKUs in stores that are looked at in one round.
const ROUND: usize = 1_000;

/// Rounds until nothing is due.
pub(super) async fn all(pass: &mut Pass<'_>) -> Result<(), FlowError> {
    loop {
        if !may_go_on(pass.app).await? {
            return Ok(());
        }
        let due = due::due(&pass.app.db, pass.app.now(), ROUND).await?;
        if due.is_empty() {
            return Ok(());
        }
        Box::pin(one(pass, due)).await?;
    }
}

/// What is looked at: by warehouse, the folded SKUs of OrderWise and why.
type Wanted = BTreeMap<i64, BTreeMap<String, Why>>;

async fn one(pass: &mut Pass<'_>, due: Vec<DueRow>) -> Result<(), FlowError> {
    let app = pass.app;
    let wanted = wanted(pass, &due);
    let products = known_products(pass, &wanted).await?;
    // First the levels: whatever moves them from now on also moves what is written.
    let (levels, vanished) = levels(pass, &wanted, &products, priority(&due)).await?;
    // Then all orders: every sale inside those levels is in the book now.
    receive::everything(app, &mut SyncReport::default()).await?;
    // Then OrderWise: never older than the levels.
    figures::read_changed(pass).await?;
    let keys = keys(pass, &wanted);
    let mut facts = Facts::of_keys(app, &pass.places, &keys).await?;
    let gaps = unexplained::gaps(app).await?;
    let mut work = Work { due, ..Work::default() };
    for (warehouse_id, skus) in &wanted {
        let Some(place) = pass.places.concerned(*warehouse_id) else { continue };
        for (folded, why) in skus {
            if facts.is_blocked(place.warehouse_id, folded)
                || vanished.contains(&(place.warehouse_id, folded.clone()))
            {
                work.put_off(app, place.warehouse_id, folded, *why);
                continue;
            }
            let found = at_tills(pass, &products, folded);
            if found.is_empty() {
                pass.report.unknown_in_sitoo += 1;
            }
            for (nth, product) in (0..).zip(&found) {
                let level = levels.get(&(place.warehouse_id, product.sku.clone()));
                // Asked for, and not there: Sitoo never had any of it.
                let level = level.cloned().unwrap_or_else(|| nothing(&product.sku));
                let case = Case { place, folded, product, nth, level: &level, why: *why };
                if let Some(gaps) = &gaps {
                    gaps.lay_aside(app, &mut facts, &case, &mut work).await?;
                }
                let decided = decide(app, &facts, &case);
                pass.report.compared += 1;
                note(pass.report, &decided);
                work.lines.extend(decided.lines);
            }
        }
    }
    work.take(facts);
    write::write(pass, work).await
}

/// The level of what Sitoo never had.
pub(super) fn nothing(sku: &str) -> Level {
    Level { sku: sku.to_owned(), total: Quantity::ZERO, reserved: Quantity::ZERO }
}

fn note(report: &mut super::StockReport, decided: &Decided) {
    report.unknown_in_orderwise += u64::from(decided.finding.is_some());
}

fn wanted(pass: &Pass<'_>, due: &[DueRow]) -> Wanted {
    let mut wanted = Wanted::new();
    for row in due {
        let Some(place) = pass.places.concerned(row.warehouse_id) else { continue };
        let folded = pass.places.in_orderwise(&row.folded);
        wanted.entry(place.warehouse_id).or_default().entry(folded).or_insert(row.why);
    }
    wanted
}

/// What moves at the tills right now goes before the rest.
fn priority(due: &[DueRow]) -> Priority {
    let fast = due.iter().any(|row| row.why.is_fast());
    if fast { Priority::StockFast } else { Priority::Stock }
}

/// Location and SKU of everything that is looked at.
fn keys(pass: &Pass<'_>, wanted: &Wanted) -> Vec<Key> {
    let places = wanted.iter().filter_map(|(id, skus)| Some((pass.places.concerned(*id)?, skus)));
    places
        .flat_map(|(place, skus)| skus.keys().map(|folded| (place.location_id, folded.clone())))
        .collect()
}

async fn known_products(pass: &Pass<'_>, wanted: &Wanted) -> Result<Products, FlowError> {
    let figures = figure::of_keys(&pass.app.db, &keys(pass, wanted)).await?;
    // A product that Sitoo has is most likely spelled as in OrderWise.
    let likely: HashMap<String, String> =
        figures.iter().map(|row| (fold(&row.sku), row.sku.trim().to_owned())).collect();
    let folded: BTreeSet<String> = wanted
        .values()
        .flat_map(BTreeMap::keys)
        .flat_map(|folded| pass.places.at_tills(folded))
        .collect();
    let folded: Vec<String> = folded.into_iter().collect();
    products::of(pass, &folded, &likely).await
}

/// The products of a SKU of OrderWise whose stock is counted, its own spelling first.
pub(super) fn at_tills<'a>(
    pass: &Pass<'_>,
    products: &'a Products,
    folded: &str,
) -> Vec<&'a StockProduct> {
    let skus = pass.places.at_tills(folded);
    let found = skus.iter().filter_map(|folded| products.get(folded));
    found.flatten().filter(|product| product.counted).collect()
}

/// Levels by warehouse and exact SKU.
type Levels = HashMap<(i64, String), Level>;

/// The levels of what is looked at, and which of them were there once and are not in the answer.
///
/// A level that is not there counts as nothing, and a till is told all that OrderWise has. So what an
/// answer leaves out is asked for again, and what the book knows to be there and still has no row is
/// left as it is (design section 5: doubt never raises a level).
async fn levels(
    pass: &Pass<'_>,
    wanted: &Wanted,
    products: &Products,
    priority: Priority,
) -> Result<(Levels, HashSet<(i64, String)>), FlowError> {
    let (mut levels, mut vanished) = (Levels::new(), HashSet::new());
    for (warehouse_id, skus) in wanted {
        let asked: Vec<(&String, String)> = skus
            .keys()
            .flat_map(|folded| {
                at_tills(pass, products, folded).into_iter().map(move |one| (folded, one))
            })
            .map(|(folded, product)| (folded, product.sku.clone()))
            .collect();
        let spelled: Vec<String> = asked.iter().map(|(_, sku)| sku.clone()).collect();
        read(pass, *warehouse_id, &spelled, priority, &mut levels).await?;
        let missing = |levels: &Levels| -> Vec<(&String, String)> {
            let is_missing = |sku: &str| !levels.contains_key(&(*warehouse_id, sku.to_owned()));
            asked.iter().filter(|(_, sku)| is_missing(sku)).cloned().collect()
        };
        let again: Vec<String> = missing(&levels).into_iter().map(|(_, sku)| sku).collect();
        read(pass, *warehouse_id, &again, priority, &mut levels).await?;
        let mut doubted = Vec::new();
        for (folded, sku) in missing(&levels) {
            if let Some(before) = known(pass, *warehouse_id, folded, &sku).await? {
                doubted.push((folded, sku, before));
            }
        }
        let Some(since) = doubted.iter().map(|(_, _, before)| before.at).min() else { continue };
        let arrived = write_row::arrived(&pass.app.db, *warehouse_id, since).await?;
        for (folded, sku, before) in doubted {
            if !before.level.is_zero() || arrived.contains(&sku) {
                tracing::warn!(
                    warehouse_id,
                    sku,
                    "Sitoo tells no level of a SKU that it had: nothing is written until it does"
                );
                vanished.insert((*warehouse_id, folded.clone()));
            }
        }
    }
    Ok((levels, vanished))
}

/// Reads the levels of some SKUs.
async fn read(
    pass: &Pass<'_>,
    warehouse_id: i64,
    skus: &[String],
    priority: Priority,
    levels: &mut Levels,
) -> Result<(), FlowError> {
    let client = pass.app.sitoo.at(priority);
    let Called { outcome, exchanges } = client.levels(warehouse_id, skus).await;
    exchanges::keep(pass.app, None, exchanges).await?;
    for level in outcome.map_err(FlowError::Sitoo)? {
        levels.insert((warehouse_id, level.sku.clone()), level);
    }
    Ok(())
}

/// What was last decided about it; none where nothing was there and nothing was to be written.
pub(super) async fn known(
    pass: &Pass<'_>,
    warehouse_id: i64,
    folded: &str,
    sku: &str,
) -> Result<Option<HistoryRow>, FlowError> {
    let before = history::latest(&pass.app.db, warehouse_id, folded, Some(sku)).await?;
    Ok(before.filter(|row| !row.level.is_zero() || !row.target.is_zero()))
}
