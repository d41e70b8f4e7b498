//! Stock: negative, impossible, reserved, and different on the two sides.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::{
    GapKind,
    gap::Found,
    pairs::{Pairs, link},
    snapshot::{Figure, Level},
};
use crate::{Money, Quantity, Timestamp, catalogue::TillProduct, sku::fold};

pub(super) fn look(pairs: &Pairs<'_>, found: &mut Found) {
    let snapshot = pairs.snapshot;
    let most = snapshot.ours.limits.impossible;
    let by_sku: HashMap<&str, &TillProduct> =
        pairs.products.iter().map(|one| (one.sku.as_str(), one)).collect();
    for (warehouse, levels) in &snapshot.levels {
        let place = place(pairs, *warehouse);
        for level in levels {
            let record = format!("{} in {place}", level.sku);
            let total = level.total;
            if total.is_negative() {
                found.add(GapKind::StockNegativeInSitoo, &record, total.to_string());
            }
            if total.abs() > most {
                found.add(GapKind::StockImpossible, &record, format!("{total} at the tills"));
            }
            if level.reserved > Quantity::ZERO {
                let detail = format!("{} of {total}", level.reserved);
                found.add(GapKind::StockReserved, &record, detail);
            }
            let whole = by_sku.get(level.sku.as_str()).is_some_and(|one| !one.allow_decimals);
            if whole && total.whole_units().is_none() {
                found.add(GapKind::StockFraction, &record, format!("{total} at the tills"));
            }
        }
    }
    if let Some(figures) = &snapshot.figures {
        of_orderwise(pairs, figures, found);
        if pairs.snapshot.levels.is_empty() {
            found.unseen("stock differences", "no warehouse of Sitoo could be read");
        } else {
            differences(pairs, figures, found);
        }
    }
}

fn place(pairs: &Pairs<'_>, warehouse: i64) -> String {
    let known = pairs.snapshot.warehouses.iter().flatten().find(|one| one.id == warehouse);
    known.map_or_else(|| format!("warehouse {warehouse}"), |one| one.name.clone())
}

fn of_orderwise(pairs: &Pairs<'_>, figures: &[Figure], found: &mut Found) {
    let most = pairs.snapshot.ours.limits.impossible;
    let mut not_counted = HashSet::new();
    let whole: HashSet<String> = pairs
        .shown()
        .filter(|product| !product.allow_decimals)
        .map(|product| link(pairs.snapshot, &product.sku))
        .collect();
    for product in pairs.shown().filter(|product| !product.counted) {
        not_counted.insert(link(pairs.snapshot, &product.sku));
    }
    for figure in figures {
        let record = format!("{} at location {}", figure.sku, figure.location_id);
        let free = figure.free;
        if free.is_negative() {
            found.add(GapKind::StockNegativeInOrderwise, &record, free.to_string());
        }
        if free.abs() > most {
            found.add(GapKind::StockImpossible, &record, format!("{free} in OrderWise"));
        }
        let code = fold(&figure.sku);
        if whole.contains(&code) && free.whole_units().is_none() {
            found.add(GapKind::StockFraction, &record, format!("{free} in OrderWise"));
        }
        if figure.calculated_at == Timestamp::from_micros(0) {
            found.add(GapKind::StockNeverCalculated, &record, free.to_string());
        }
        if free > Quantity::ZERO && not_counted.contains(&code) {
            let detail = format!("{free} at location {}", figure.location_id);
            found.add(GapKind::StockNotCounted, &figure.sku, detail);
        }
    }
}

/// Compares every mapped warehouse with its stock location. Below nothing counts as nothing: a till
/// is never told of debts.
fn differences(pairs: &Pairs<'_>, figures: &[Figure], found: &mut Found) {
    let mapping = &pairs.snapshot.ours.mapping;
    let mut places: BTreeMap<i64, i64> = BTreeMap::new();
    places.extend(&mapping.warehouses);
    let stores = mapping.stores.iter();
    places.extend(stores.filter_map(|(id, store)| Some((*id, store.stock_location_id?))));
    let mut free: HashMap<(i64, String), &Figure> = HashMap::new();
    for figure in figures {
        free.insert((figure.location_id, fold(&figure.sku)), figure);
    }
    let no_levels = Vec::new();
    for (warehouse, location) in places {
        let known = pairs.snapshot.warehouses.iter().flatten().any(|one| one.id == warehouse);
        if !known {
            continue;
        }
        let levels = pairs.snapshot.levels.get(&warehouse).unwrap_or(&no_levels);
        let levels: HashMap<String, &Level> =
            levels.iter().map(|level| (link(pairs.snapshot, &level.sku), level)).collect();
        let place = place(pairs, warehouse);
        for pair in pairs.for_sale().filter(|pair| pair.product.counted) {
            let code = link(pairs.snapshot, &pair.product.sku);
            let at_till = levels.get(&code).map_or(Quantity::ZERO, |level| level.total);
            let figure = free.get(&(location, code)).copied();
            let free = figure.map_or(Quantity::ZERO, |figure| figure.free).max(Quantity::ZERO);
            let held = figure.and_then(|figure| figure.buffer).unwrap_or(Quantity::ZERO);
            let least = (free - held).max(Quantity::ZERO);
            // With the buffer or without it: before the switch nobody holds it back.
            if at_till >= least && at_till <= free || at_till.is_negative() && free.is_zero() {
                continue;
            }
            let difference = at_till - free;
            let record = format!("{} in {place}", pair.product.sku);
            let detail = format!("{at_till} at the tills, {free} free in OrderWise");
            found.add_money(
                GapKind::StockDiffers,
                record,
                detail,
                worth(pair.product.price, difference),
            );
        }
    }
}

/// At the price of the tills.
fn worth(price: Money, units: Quantity) -> Money {
    let pence = i128::from(price.pence()) * i128::from(units.abs().thousandths()) / 1_000;
    Money::from_pence(i64::try_from(pence).unwrap_or(i64::MAX))
}
