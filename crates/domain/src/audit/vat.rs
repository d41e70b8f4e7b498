//! VAT: Sitoo's product groups against OrderWise's tax rates, and the mapping between them.

use std::collections::BTreeMap;

use super::{GapKind, Snapshot, gap::Found, pairs::Pairs};
use crate::{Money, VatRate, catalogue::FullVariant};

/// OrderWise's value list of tax rates (facts/orderwise 1.9).
const TAX_RATES: i64 = 2;

pub(super) fn look(pairs: &Pairs<'_>, found: &mut Found) {
    let groups_known = pairs.snapshot.groups.is_some();
    let mut without_group: BTreeMap<String, (usize, &FullVariant)> = BTreeMap::new();
    for variant in pairs.wanted() {
        if variant.tax_rate.is_none() || variant.variant.tax_rate_id.is_none() {
            let detail = format!("{}: no tax rate", variant.description);
            found.add(GapKind::TaxRateMissing, &variant.variant.sku, detail);
        } else if groups_known && pairs.groups.find(variant, None).is_none() {
            let name = rate_name(variant);
            without_group.entry(name).or_insert((0, variant)).0 += 1;
        }
    }
    for (name, (count, example)) in without_group {
        let detail = format!("{count} variants, one of them {}", example.variant.sku);
        found.add(GapKind::TaxRateWithoutGroup, name, detail);
    }
    if !groups_known {
        return;
    }
    for product in pairs.shown() {
        let Some(charged) = pairs.charged(product) else {
            found.add(GapKind::ProductWithoutGroup, &product.sku, &product.title);
            continue;
        };
        let rate = pairs.variant(product).filter(|v| v.is_wanted()).and_then(|v| v.tax_rate);
        if let Some(rate) = rate.filter(|rate| *rate != charged) {
            let detail = format!("{charged} % at the tills, {rate} % in OrderWise");
            let sold = pairs.sold(&product.sku);
            found.add_money(GapKind::VatDiffers, &product.sku, detail, sold);
        }
    }
    groups(pairs, found);
}

fn rate_name(variant: &FullVariant) -> String {
    let code = variant.tax_code.as_deref().unwrap_or("no code");
    variant.tax_rate.map_or_else(|| code.to_owned(), |rate| format!("{code} ({rate} %)"))
}

fn groups(pairs: &Pairs<'_>, found: &mut Found) {
    let sells_at = |rate: VatRate| pairs.variants.iter().any(|one| one.tax_rate == Some(rate));
    for group in &pairs.groups.all {
        let products = pairs.shown().filter(|product| product.vat_id == Some(group.vat_id)).count();
        if products > 0 && !sells_at(group.percent) {
            let name = format!("{} ({} %)", group.name, group.percent);
            found.add(GapKind::GroupWithoutTaxRate, name, format!("{products} products"));
        }
    }
}

/// What the tills charge, and what the mapping makes of it.
pub(super) fn mapping(snapshot: &Snapshot, pairs: Option<&Pairs<'_>>, found: &mut Found) {
    let mapping = &snapshot.ours.mapping;
    let mut charged: BTreeMap<VatRate, (usize, Money)> = BTreeMap::new();
    for (thousandths, used) in snapshot.usage.iter().flat_map(|usage| &usage.vat) {
        if let Some(rate) = VatRate::from_thousandths(*thousandths) {
            charged.insert(rate, (used.times, used.money));
        }
    }
    let mut shown: BTreeMap<VatRate, usize> = BTreeMap::new();
    if let Some(pairs) = pairs {
        for rate in pairs.shown().filter_map(|product| pairs.charged(product)) {
            charged.entry(rate).or_default();
            *shown.entry(rate).or_default() += 1;
        }
    }
    for (rate, (times, money)) in charged {
        if !mapping.vat.contains_key(&rate) {
            let products = shown.get(&rate).copied().unwrap_or_default();
            let detail = match times {
                0 => format!(
                    "on {products} products, and on no row that was read: its first sale waits"
                ),
                times => format!("charged on {times} rows"),
            };
            found.add_money(GapKind::VatUnmapped, format!("{rate} %"), detail, money);
        }
    }
    let known = snapshot.lists.get(&TAX_RATES);
    let astray = |id: i64| known.is_some_and(|list| !list.contains_key(&id));
    let gift = mapping.vat_gift_card.map(|id| ("gift-card".to_owned(), id));
    let items = mapping
        .items
        .iter()
        .filter_map(|(name, item)| Some((format!("item {name}"), item.tax_rate_id?)));
    let rates = mapping.vat.iter().map(|(rate, id)| (format!("{rate} %"), *id));
    for (name, id) in rates.chain(gift).chain(items) {
        if astray(id) {
            let detail = format!("tax rate {id} is not in OrderWise");
            found.add(GapKind::VatMappedAstray, name, detail);
        }
    }
    for (rate, id) in &mapping.vat {
        let variants = snapshot.variants.iter().flatten();
        let other = variants
            .filter(|one| one.variant.tax_rate_id == Some(*id))
            .filter_map(|one| one.tax_rate)
            .find(|other| other != rate);
        if let Some(other) = other {
            let detail = format!("mapped to tax rate {id}, which is {other} %");
            found.add(GapKind::VatMappedWrong, format!("{rate} %"), detail);
        }
    }
}
