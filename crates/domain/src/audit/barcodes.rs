//! Barcodes: missing, malformed, doubled, on two SKUs.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::{
    GapKind,
    gap::Found,
    pairs::{Pair, Pairs},
    skus::quoted,
};
use crate::catalogue::{TillProduct, barcode::is_well_formed};

pub(super) fn look(pairs: &Pairs<'_>, found: &mut Found) {
    let other_codes = pairs.snapshot.ours.rules.other_barcodes;
    let malformed = |code: &str| !other_codes && !is_well_formed(code);
    let owners: HashMap<&str, &str> = pairs
        .wanted()
        .filter_map(|variant| Some((variant.ean.as_deref()?, variant.variant.sku.as_str())))
        .collect();
    for variant in pairs.wanted() {
        if let Some(ean) = variant.ean.as_deref().filter(|ean| malformed(ean)) {
            found.add(GapKind::BarcodeMalformedInOrderwise, &variant.variant.sku, ean);
        }
    }
    for pair in pairs.for_sale() {
        match (pair.variant.ean.as_deref(), own(pair.product).is_empty()) {
            (None, true) => {
                found.add(GapKind::BarcodeMissing, &pair.product.sku, &pair.product.title);
            }
            (None, false) => {
                let detail = own(pair.product).join(", ");
                found.add(GapKind::BarcodeMissingInOrderwise, &pair.product.sku, detail);
            }
            (Some(ean), _) => beside(&pair, ean, &owners, found),
        }
    }
    for product in pairs.shown() {
        let codes = own(product);
        let distinct: BTreeSet<&str> = codes.iter().copied().collect();
        if distinct.len() < codes.len() {
            found.add(GapKind::BarcodeTwiceOnProduct, &product.sku, codes.join(", "));
        }
        let ean = pairs.variant(product).and_then(|variant| variant.ean.as_deref());
        let bad = distinct.iter().find(|code| malformed(code) && Some(**code) != ean);
        if let Some(code) = bad {
            found.add(GapKind::BarcodeMalformedInSitoo, &product.sku, *code);
        }
    }
    shared(pairs, found);
}

/// The barcodes of a product, its own first.
fn own(product: &TillProduct) -> Vec<&str> {
    let all = std::iter::once(&product.barcode).chain(&product.aliases);
    all.map(|code| code.trim()).filter(|code| !code.is_empty()).collect()
}

fn beside(pair: &Pair<'_>, ean: &str, owners: &HashMap<&str, &str>, found: &mut Found) {
    let codes = own(pair.product);
    let sku = &pair.product.sku;
    let owner = |code: &&str| owners.get(*code).filter(|_| *code != ean);
    let stranger = codes.iter().find_map(|code| Some((*code, owner(code)?)));
    if let Some((code, owner)) = stranger {
        let detail = format!("{code} is {owner}'s in OrderWise");
        found.add(GapKind::BarcodeOfAnother, sku, detail);
    } else if !codes.contains(&ean) {
        let at_till = if codes.is_empty() { "none".to_owned() } else { codes.join(", ") };
        let detail = format!("{ean} in OrderWise, {at_till} at the tills");
        found.add(GapKind::BarcodeDiffers, sku, detail);
    }
}

fn shared(pairs: &Pairs<'_>, found: &mut Found) {
    let mut variants: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for variant in pairs.wanted() {
        if let Some(ean) = variant.ean.as_deref() {
            variants.entry(ean).or_default().insert(&variant.variant.sku);
        }
    }
    let mut products: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for product in pairs.shown() {
        for code in own(product) {
            products.entry(code).or_default().insert(&product.sku);
        }
    }
    for (kind, holders) in
        [(GapKind::BarcodeSharedInOrderwise, variants), (GapKind::BarcodeSharedInSitoo, products)]
    {
        for (code, skus) in holders.into_iter().filter(|(_, skus)| skus.len() > 1) {
            let skus: Vec<&str> = skus.into_iter().collect();
            found.add(kind, code, quoted(&skus));
        }
    }
}
