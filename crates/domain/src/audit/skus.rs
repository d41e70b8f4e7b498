//! SKUs: on one side only, spelt differently, doubled, not to be sold.

use std::collections::{BTreeMap, HashSet};

use super::{
    GapKind,
    gap::Found,
    pairs::{Pairs, link},
};
use crate::{
    catalogue::{FullVariant, TillProduct, till_sku},
    sku::fold,
};

pub(super) fn look(pairs: &Pairs<'_>, found: &mut Found) {
    let mut matched = HashSet::new();
    for product in pairs.shown() {
        if let Some(variant) = pairs.variant(product) {
            on_both(pairs, product, variant, found);
        } else if let Some(variant) = pairs.squeezed(product) {
            matched.insert(variant.variant.variant_id);
            let detail = format!("'{}' in OrderWise", variant.variant.sku);
            found.add_money(GapKind::SkuBlanks, &product.sku, detail, pairs.sold(&product.sku));
        } else {
            let detail = format!("{}: at the tills, not in OrderWise", product.title);
            let sold = pairs.sold(&product.sku);
            found.add_money(GapKind::SkuOnlyInSitoo, &product.sku, detail, sold);
        }
    }
    for variant in pairs.wanted() {
        if !matched.contains(&variant.variant.variant_id) {
            only_in_orderwise(pairs, variant, found);
        }
    }
    twice(pairs, found);
    sold_unknown(pairs, found);
    unreadable(pairs, found);
}

fn on_both(pairs: &Pairs<'_>, product: &TillProduct, variant: &FullVariant, found: &mut Found) {
    let (sku, code) = (&product.sku, &variant.variant.sku);
    let folded_alike = fold(sku) == fold(code);
    if sku != code && folded_alike && pairs.products_of(variant).len() == 1 {
        found.add(
            GapKind::SkuSpelling,
            sku,
            format!("'{sku}' at the tills, '{code}' in OrderWise"),
        );
    }
    let sold = pairs.sold(sku);
    let (kind, what) = if variant.variant.discontinued {
        (GapKind::DiscontinuedOnTills, "discontinued in OrderWise")
    } else if !variant.variant.saleable {
        (GapKind::NotSaleableOnTills, "not a sale variant in OrderWise")
    } else if !variant.on_tills {
        (GapKind::NotForTillsOnTills, "not for the tills in OrderWise")
    } else {
        return;
    };
    found.add_money(kind, sku, format!("{}: shown at the tills, {what}", product.title), sold);
}

fn only_in_orderwise(pairs: &Pairs<'_>, variant: &FullVariant, found: &mut Found) {
    let code = &variant.variant.sku;
    let products = pairs.products_of(variant);
    if products.is_empty() {
        if let Err(why) = till_sku(code, pairs.snapshot.ours.rules.blanks) {
            found.add(GapKind::SkuIllegal, code, why);
        } else {
            let detail = format!("{}: for sale, not at the tills", variant.description);
            found.add(GapKind::SkuOnlyInOrderwise, code, detail);
        }
    } else if products.iter().all(|product| !product.active_pos) {
        let detail = format!("{}: for sale, hidden at the tills", variant.description);
        found.add(GapKind::SkuHidden, code, detail);
    }
}

fn twice(pairs: &Pairs<'_>, found: &mut Found) {
    let mut shown: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for product in pairs.shown() {
        shown.entry(fold(&product.sku)).or_default().push(&product.sku);
    }
    for (folded, mut skus) in shown.into_iter().filter(|(_, skus)| skus.len() > 1) {
        skus.sort_unstable();
        let sold = pairs.sold(&folded);
        found.add_money(GapKind::SkuTwiceInSitoo, folded, quoted(&skus), sold);
    }
    for (folded, alike) in pairs.alike() {
        let wanted = alike.iter().filter(|variant| variant.is_wanted());
        let mut codes: Vec<&str> = wanted.map(|variant| variant.variant.sku.as_str()).collect();
        if codes.len() > 1 {
            codes.sort_unstable();
            let sold = pairs.sold(folded);
            found.add_money(GapKind::SkuTwiceInOrderwise, folded, quoted(&codes), sold);
        }
    }
}

/// Texts side by side, each in quotes, so that blanks at their ends show.
pub(super) fn quoted(texts: &[&str]) -> String {
    texts.iter().map(|text| format!("'{text}'")).collect::<Vec<_>>().join(", ")
}

fn sold_unknown(pairs: &Pairs<'_>, found: &mut Found) {
    let Some(usage) = &pairs.snapshot.usage else { return };
    let at_tills: HashSet<String> = pairs.products.iter().map(|one| fold(&one.sku)).collect();
    let in_orderwise: HashSet<&str> = pairs.alike().map(|(code, _)| code).collect();
    for (sku, used) in &usage.skus {
        let is_known = at_tills.contains(&fold(sku))
            || in_orderwise.contains(link(pairs.snapshot, sku).as_str());
        if !is_known {
            let detail = format!("sold {} times", used.times);
            found.add_money(GapKind::SoldUnknown, sku, detail, used.money);
        }
    }
}

fn unreadable(pairs: &Pairs<'_>, found: &mut Found) {
    for what in &pairs.snapshot.unreadable {
        found.add(GapKind::ProductUnreadable, what, "left out of everything else");
    }
    for variant in pairs.wanted().filter(|variant| !variant.unreadable.is_empty()) {
        found.add(GapKind::VariantUnreadable, &variant.variant.sku, &variant.unreadable);
    }
}
