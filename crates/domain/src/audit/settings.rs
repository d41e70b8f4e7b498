//! Settings that contradict each other, and clocks that differ.

use super::{GapKind, Snapshot, gap::Found, usage::span};
use crate::{Timestamp, mapping::item, sku::fold};

pub(super) fn look(snapshot: &Snapshot, found: &mut Found) {
    if let Some(site) = &snapshot.site {
        let ours = &snapshot.ours;
        let currencies = &ours.policy.currencies;
        if !currencies.iter().any(|known| known.eq_ignore_ascii_case(&site.currency)) {
            let detail = format!("Daybook is told {}", currencies.join(", "));
            found.add(GapKind::CurrencyDiffers, &site.currency, detail);
        }
        if !site.time_zone.is_empty() && site.time_zone != ours.time_zone {
            let detail = format!("OrderWise is in {}", ours.time_zone);
            found.add(GapKind::TimeZoneDiffers, &site.time_zone, detail);
        }
        let rounded = snapshot.usage.as_ref().map(|usage| &usage.rounded_off);
        let times = rounded.map_or(0, |used| used.times);
        let rounds = site.rounds_off_cash.unwrap_or(false) || times > 0;
        if rounds && !ours.mapping.items.contains_key(item::ROUND_OFF) {
            let money = rounded.map(|used| used.money).unwrap_or_default();
            let detail = format!("rounded off {times} times");
            found.add_money(GapKind::RoundOffUnmapped, item::ROUND_OFF, detail, money);
        }
    }
    mapping(snapshot, found);
    clocks(snapshot, found);
}

fn mapping(snapshot: &Snapshot, found: &mut Found) {
    let mapping = &snapshot.ours.mapping;
    if let Some(used) = snapshot.usage.as_ref().map(|usage| &usage.gift_cards)
        && used.times > 0
        && mapping.vat_gift_card.is_none()
    {
        let detail = format!("{} sold or taken back", used.times);
        found.add_money(GapKind::GiftCardUnmapped, item::GIFT_CARD, detail, used.money);
    }
    for fault in &snapshot.ours.faults {
        let record = format!("{} {}", fault.kind, fault.key);
        found.add(GapKind::MappingRowUnusable, record, &fault.what);
    }
    let Some(variants) = &snapshot.variants else { return };
    let codes: std::collections::HashSet<String> =
        variants.iter().map(|one| fold(&one.variant.sku)).collect();
    for (name, item) in mapping.items.iter().filter(|(_, it)| !codes.contains(&fold(&it.code))) {
        let detail = format!("variant {} is not in OrderWise", item.code);
        found.add(GapKind::ItemUnknown, name, detail);
    }
    for (sku, code) in mapping.skus.iter().filter(|(_, code)| !codes.contains(&fold(code))) {
        let detail = format!("variant {code} is not in OrderWise");
        found.add(GapKind::SkuMappingAstray, sku, detail);
    }
}

/// A moment that has not come yet tells of a clock that is ahead. One that is behind does not show:
/// what it writes down merely looks old.
fn clocks(snapshot: &Snapshot, found: &mut Found) {
    let (now, limit) = (snapshot.read_at.micros(), snapshot.ours.limits.ahead);
    let figures = snapshot.figures.iter().flatten().map(|one| one.calculated_at);
    let amended = snapshot.variants.iter().flatten().filter_map(|one| one.last_amended);
    let stored = snapshot.documents.iter().flatten().filter_map(|one| one.stored_at);
    let newest = figures.chain(amended).chain(stored).max().map_or(0, Timestamp::micros);
    if newest - now > limit {
        let detail = format!("{} ahead", span(newest - now));
        found.add(GapKind::OrderwiseClockAhead, "OrderWise", detail);
    }
    let ahead = snapshot.usage.iter().flat_map(|usage| &usage.ahead);
    for (register, ahead) in ahead.filter(|(_, ahead)| **ahead > limit) {
        let known = snapshot.registers.iter().flatten().find(|one| one.id == *register);
        let name = known.and_then(|one| one.key.as_ref()).unwrap_or(register);
        found.add(GapKind::TillClockAhead, name, format!("{} ahead", span(*ahead)));
    }
}
