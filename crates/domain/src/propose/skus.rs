//! SKUs of the tills that are no variant's code: those that differ by more than blanks around them
//! and letter case, which need no row.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::{
    Confidence, Offer, Proposed, Seen,
    near::{MOST, squeeze},
};
use crate::{catalogue::FullVariant, mapping::MappingKind, sku::fold};

/// Letters by which codes are put together, so that each is compared with few.
const STEM: usize = 4;

/// Codes that a SKU may be, the nearest first.
pub fn near_codes<'a>(
    sku: &str,
    codes: impl IntoIterator<Item = (&'a str, &'a str)>,
) -> Vec<Offer> {
    let (folded, squeezed) = (fold(sku), squeeze(sku));
    let length = folded.chars().count();
    let mut ranked: Vec<(usize, &str, &str)> = codes
        .into_iter()
        .map(|(code, name)| {
            let is_same = squeeze(code) == squeezed;
            let far = strsim::damerau_levenshtein(&fold(code), &folded);
            (if is_same { 0 } else { far.max(1) }, code, name)
        })
        .filter(|(far, ..)| far * 3 <= length)
        .collect();
    ranked.sort_unstable();
    let sames = ranked.iter().filter(|(far, ..)| *far == 0).count();
    let offer = |(far, code, name): (usize, &str, &str)| {
        let (confidence, reason) = match far {
            0 if sames == 1 => {
                (Confidence::Likely, "the same code but for blanks and signs".to_owned())
            }
            0 => {
                (Confidence::Guess, "the same code but for blanks and signs, as others".to_owned())
            }
            1 => (Confidence::Guess, "the nearest code: one letter differs".to_owned()),
            far => (Confidence::Guess, format!("the nearest code: {far} letters differ")),
        };
        Offer { value: code.to_owned(), name: name.to_owned(), confidence, reason }
    };
    ranked.into_iter().take(MOST).map(offer).collect()
}

pub(super) fn propose(seen: &Seen, told: &mut Proposed) {
    if seen.variants.is_empty() {
        return;
    }
    let known: HashSet<String> = seen.variants.iter().map(|one| fold(&one.variant.sku)).collect();
    let mut barcodes: HashMap<&str, &FullVariant> = HashMap::new();
    let mut stems: HashMap<String, Vec<&FullVariant>> = HashMap::new();
    // What cannot be ordered stands for nothing.
    let usable = |it: &&FullVariant| it.variant.saleable && !it.variant.discontinued;
    for variant in seen.variants.iter().filter(usable) {
        if let Some(ean) = variant.ean.as_deref() {
            barcodes.insert(ean, variant);
        }
        stems.entry(stem(&variant.variant.sku)).or_default().push(variant);
    }
    let tills = at_the_tills(seen);
    for (folded, (sku, title, barcode)) in &tills {
        if known.contains(folded) || seen.known.skus.contains_key(folded) {
            continue;
        }
        let near = stems.get(&stem(sku)).map(Vec::as_slice).unwrap_or_default();
        // A code that the tills have under its own name is another article.
        let near = near.iter().filter(|it| !tills.contains_key(&fold(&it.variant.sku)));
        let near = near.map(|it| (it.variant.sku.as_str(), it.description.as_str()));
        let by_code = near_codes(sku, near).into_iter().next();
        let by_barcode = barcodes.get(*barcode).filter(|_| !barcode.is_empty());
        match (by_code, by_barcode) {
            (Some(code), Some(variant)) if fold(&code.value) == fold(&variant.variant.sku) => {
                let reason = format!("{}, and the same barcode", code.reason);
                let sure = Offer { confidence: Confidence::Certain, reason, ..code };
                told.one(MappingKind::Sku, folded, title, &sure);
            }
            (_, Some(variant)) => {
                let offer = Offer {
                    value: variant.variant.sku.clone(),
                    name: variant.description.clone(),
                    confidence: Confidence::Likely,
                    reason: "the same barcode".to_owned(),
                };
                told.one(MappingKind::Sku, folded, title, &offer);
            }
            (Some(code), None) => told.one(MappingKind::Sku, folded, title, &code),
            (None, None) => {
                let why = "OrderWise has no such variant, and none with a code or barcode like it";
                told.leave(MappingKind::Sku, folded, why);
            }
        }
    }
}

/// SKUs that tills show or sold, by their folded form: as it is spelt, title, barcode.
fn at_the_tills(seen: &Seen) -> BTreeMap<String, (&str, &str, &str)> {
    let gift = |vat_id: Option<i64>| {
        seen.groups.iter().any(|one| Some(one.vat_id) == vat_id && one.group_type == 30)
    };
    let sold = seen.usage.skus.keys().map(|sku| (fold(sku), (sku.as_str(), "", "")));
    let shown =
        seen.products.iter().filter(|one| one.active_pos && !gift(one.vat_id)).map(|one| {
            (fold(&one.sku), (one.sku.as_str(), one.title.as_str(), one.barcode.as_str()))
        });
    // What is shown tells more than what was sold.
    let mut all: BTreeMap<_, _> = sold.chain(shown).collect();
    all.remove("");
    all
}

fn stem(sku: &str) -> String {
    squeeze(sku).chars().take(STEM).collect()
}
