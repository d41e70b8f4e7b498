//! VAT rates, payment types, product groups, and the items of special lines.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    Confidence, Offer, PAYMENT_METHODS, Proposed, Seen, TAX_RATES, by_name,
    near::{MOST, words},
};
use crate::{
    VatRate,
    catalogue::{FullVariant, Groups},
    mapping::{MappingKind, item},
};

/// `productgrouptype` of goods and of gift cards (facts/sitoo 3.3).
const GOODS: i64 = 10;
const GIFT_CARDS: i64 = 30;

/// Words that mean one way of paying.
const WAYS: [&[&str]; 4] = [
    &["gift", "giftcard"],
    &["voucher", "coupon"],
    &["cash", "coins", "notes"],
    &["card", "credit", "debit", "visa", "mastercard", "amex", "maestro", "contactless"],
];

pub(super) fn propose(seen: &Seen, told: &mut Proposed) {
    let codes = codes(&seen.variants);
    rates(seen, &codes, told);
    payments(seen, told);
    groups(seen, told);
    items(seen, told);
}

/// Tax rates of OrderWise with code and percentage, those of most variants first.
fn codes(variants: &[FullVariant]) -> Vec<(i64, String, Option<VatRate>)> {
    let mut counted: BTreeMap<(i64, Option<VatRate>), (usize, String)> = BTreeMap::new();
    for variant in variants {
        let Some(id) = variant.variant.tax_rate_id else { continue };
        let entry = counted.entry((id, variant.tax_rate)).or_default();
        entry.0 += 1;
        if entry.1.is_empty() {
            entry.1 = variant.tax_code.clone().unwrap_or_default();
        }
    }
    let mut counted: Vec<_> = counted.into_iter().collect();
    counted.sort_by_key(|((id, _), (count, _))| (std::cmp::Reverse(*count), *id));
    counted.into_iter().map(|((id, rate), (_, code))| (id, code, rate)).collect()
}

/// Tax rates of OrderWise that are `rate`. One alone is certain.
pub fn same_rate(
    rate: VatRate,
    codes: impl IntoIterator<Item = (i64, String, Option<VatRate>)>,
) -> Vec<Offer> {
    let same: Vec<_> = codes.into_iter().filter(|(.., of)| *of == Some(rate)).collect();
    let (confidence, reason) = match same.len() {
        1 => (Confidence::Certain, "the same rate"),
        _ => (Confidence::Guess, "the same rate, as others have"),
    };
    let offer = |(id, name, _): (i64, String, Option<VatRate>)| Offer {
        value: id.to_string(),
        name,
        confidence,
        reason: reason.to_owned(),
    };
    same.into_iter().take(MOST).map(offer).collect()
}

/// Where no variant tells a rate: value lists whose name holds the number.
fn named_rate(rate: VatRate, seen: &Seen) -> Option<Offer> {
    let number = rate.to_string();
    let holds = |name: &str| {
        let mut numbers = name.split(|c: char| !c.is_ascii_digit() && c != '.');
        numbers.any(|one| one == number)
    };
    let mut named = seen.list(TAX_RATES).filter(|(_, name)| name.contains('%') && holds(name));
    let (id, name) = named.next().filter(|_| named.next().is_none())?;
    Some(Offer {
        value: id.to_string(),
        name: name.to_owned(),
        confidence: Confidence::Likely,
        reason: "its name has the rate".to_owned(),
    })
}

/// What is not looked at is not missing.
const UNREAD: &str = "not looked for: no variant of OrderWise was read (set \
                      orderwise.exports.variants.id)";

fn rates(seen: &Seen, codes: &[(i64, String, Option<VatRate>)], told: &mut Proposed) {
    let mut charged: BTreeSet<VatRate> =
        seen.usage.vat.keys().filter_map(|rate| VatRate::from_thousandths(*rate)).collect();
    let shown: BTreeSet<i64> =
        seen.products.iter().filter(|one| one.active_pos).filter_map(|one| one.vat_id).collect();
    let goods = seen.groups.iter().filter(|group| group.group_type != GIFT_CARDS);
    charged.extend(goods.filter(|one| shown.contains(&one.vat_id)).map(|one| one.percent));
    let best = |rate: VatRate| {
        let offers = same_rate(rate, codes.iter().cloned());
        offers.into_iter().next().or_else(|| named_rate(rate, seen))
    };
    for rate in charged.iter().filter(|rate| !seen.known.vat.contains_key(rate)) {
        let key = rate.to_string();
        let why = if seen.variants.is_empty() {
            format!("{UNREAD}: give the id of the tax rate of {rate} %")
        } else {
            format!("OrderWise shows no tax rate of {rate} %: give its id")
        };
        let name = format!("{rate} % VAT");
        told.best((MappingKind::Vat, &key, &name), best(*rate).as_ref(), why);
    }
    if seen.known.vat_gift_card.is_some() || !sells_gift_cards(seen) {
        return;
    }
    let offer = VatRate::from_thousandths(0).and_then(best).map(|offer| Offer {
        confidence: offer.confidence.min(Confidence::Likely),
        reason: format!("gift cards carry no VAT; {}", offer.reason),
        ..offer
    });
    let why = "no tax rate of 0 % is known: give its id";
    told.best((MappingKind::Vat, item::GIFT_CARD, "gift cards"), offer.as_ref(), why);
}

fn sells_gift_cards(seen: &Seen) -> bool {
    let has_group = |id: i64| {
        seen.groups.iter().any(|group| group.vat_id == id && group.group_type == GIFT_CARDS)
    };
    seen.usage.gift_cards.times > 0
        || seen.products.iter().filter_map(|it| it.vat_id).any(has_group)
}

/// Payment methods that a way of paying may be: by its name, else by words of the same meaning.
pub fn paid_by(names: &[&str], methods: &[(i64, &str)]) -> Vec<Offer> {
    let way = |name: &str| {
        let words = words(name);
        WAYS.iter().position(|way| words.iter().any(|word| way.contains(&word.as_str())))
    };
    let meant = names.iter().find_map(|name| way(name));
    let mut offers: Vec<Offer> =
        names.iter().flat_map(|name| by_name(name, methods.iter().copied())).collect();
    // A gift card is no card, however near the words are.
    offers.retain(|offer| meant.is_none() || way(&offer.name).is_none_or(|it| Some(it) == meant));
    if offers.is_empty() && meant.is_some() {
        let alike = methods.iter().filter(|(_, name)| way(name) == meant);
        offers = alike
            .map(|(id, name)| Offer {
                value: id.to_string(),
                name: (*name).to_owned(),
                confidence: Confidence::Guess,
                reason: "the same way of paying".to_owned(),
            })
            .collect();
    }
    offers.sort_by_key(|offer| std::cmp::Reverse(offer.confidence));
    let mut known = BTreeSet::new();
    offers.retain(|offer| known.insert(offer.value.clone()));
    offers.truncate(MOST);
    offers
}

fn payments(seen: &Seen, told: &mut Proposed) {
    let methods: Vec<(i64, &str)> = seen.list(PAYMENT_METHODS).collect();
    for (key, used) in &seen.usage.payments {
        let known = &seen.known.payments;
        if known.contains_key(key) || known.contains_key(&crate::sku::fold(&used.name)) {
            continue;
        }
        let name = format!("{}, used {}", used.name, used.often());
        let why = format!(
            "'{}' is like no payment method of OrderWise: give its id, or exclude=yes",
            used.name
        );
        let offers = paid_by(&[&used.name, key], &methods);
        told.best((MappingKind::Payment, key, &name), offers.first(), why);
    }
    if seen.usage.payments.is_empty() {
        let why = "no sale was read, and nothing else tells which ways of paying there are";
        told.leave(MappingKind::Payment, "", why);
    }
}

/// A variant finds its group by its percentage; only where several groups of goods have it, and none
/// is a product's already, does somebody have to say which.
fn groups(seen: &Seen, told: &mut Proposed) {
    let all = Groups { all: seen.groups.clone(), mapped: seen.known.groups.clone() };
    for (id, code, rate) in codes(&seen.variants) {
        let Some(rate) = rate else { continue };
        let of_rate = |one: &&FullVariant| one.variant.tax_rate_id == Some(id);
        let Some(variant) = seen.variants.iter().find(of_rate) else { continue };
        let fits = seen.groups.iter().filter(|it| it.percent == rate && it.group_type == GOODS);
        let fits: Vec<_> = fits.collect();
        let name = format!("{code}, {rate} %");
        match (fits.as_slice(), all.find(variant, None)) {
            ([], None) if variant.is_wanted() => {
                let why = format!("no product group of Sitoo has {rate} %: make one, then map it");
                told.leave(MappingKind::Group, &id.to_string(), why);
            }
            ([first, _, ..], _) if !all.mapped.contains_key(&id.to_string()) => {
                let in_use =
                    |vat_id| seen.products.iter().filter(|one| one.vat_id == Some(vat_id)).count();
                let best = fits.iter().max_by_key(|group| in_use(group.vat_id)).unwrap_or(first);
                let offer = Offer {
                    value: best.vat_id.to_string(),
                    name: String::new(),
                    confidence: Confidence::Guess,
                    reason: format!(
                        "{} groups of Sitoo have {rate} %; most products are in '{}'",
                        fits.len(),
                        best.name
                    ),
                };
                told.one(MappingKind::Group, &id.to_string(), &name, &offer);
            }
            _ => {}
        }
    }
}

/// Items that special lines stand on, where the tills make such lines.
fn items(seen: &Seen, told: &mut Proposed) {
    let rounds = seen.site.as_ref().and_then(|site| site.rounds_off_cash).unwrap_or(false)
        || seen.usage.rounded_off.times > 0;
    let wanted = [
        (item::ROUND_OFF, rounds, ["round", "rounding"]),
        (item::GIFT_CARD, sells_gift_cards(seen), ["gift", "giftcard"]),
    ];
    for (name, is_needed, says) in wanted {
        if !is_needed || seen.known.items.contains_key(name) {
            continue;
        }
        let found: Vec<&FullVariant> = seen
            .variants
            .iter()
            .filter(|one| !one.variant.discontinued)
            .filter(|one| {
                let text = format!("{} {}", one.variant.sku, one.description);
                words(&text).iter().any(|word| says.contains(&word.as_str()))
            })
            .collect();
        let Some(first) = found.first() else {
            let none = "OrderWise shows no item for it: make one that is not for the tills";
            let unread = || format!("{UNREAD}: give its code, if OrderWise has one");
            let why = if seen.variants.is_empty() { unread() } else { none.to_owned() };
            told.leave(MappingKind::Item, name, why);
            continue;
        };
        let confidence = if found.len() == 1 { Confidence::Likely } else { Confidence::Guess };
        let reason = match found.len() {
            1 => format!("the only item with such a name: {}", first.description),
            many => format!("the first of {many} items with such a name: {}", first.description),
        };
        let rate = first.variant.tax_rate_id.map(|id| ("rate-id", id.to_string()));
        let fields = [Some(("code", first.variant.sku.clone())), rate].into_iter().flatten();
        told.row(MappingKind::Item, name, name, fields, (confidence, reason));
    }
}
