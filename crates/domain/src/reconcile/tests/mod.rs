//! Undamaged days are clean; each kind of damage is found, named and summed to the penny.

mod certificates;
mod clean;
mod damage;
mod dice;
mod gone;
mod kinds;
mod ledger_kinds;
mod pairs;
mod properties;
mod shop;
mod till_kinds;
mod tills;
mod z;

use self::{dice::Dice, shop::Shop};
use super::{
    amounts::Amounts,
    difference::Measure,
    policy::DayPolicy,
    reconcile,
    result::{DayResult, Outcome},
    witness::StoreDay,
};

/// Days with each kind of damage, one of them undamaged, for what stands on results.
pub(crate) fn damaged_days() -> Vec<DayResult> {
    let damaged = kinds::all().filter_map(|kind| {
        let (shop, _) = (0..12).find_map(|seed| kinds::damaged(seed, &[kind]))?;
        Some(result(&shop.day, &shop.policy))
    });
    let clean = Shop::open(shop::Plan { seed: 1, receipts: 8 });
    damaged.chain([result(&clean.day, &clean.policy)]).collect()
}

/// The day's result; it has to be fresh.
fn result(day: &StoreDay, policy: &DayPolicy) -> DayResult {
    match reconcile(day, policy) {
        Outcome::Fresh(result) => *result,
        Outcome::NotYetFresh(stale) => panic!("not fresh: {stale:?}"),
    }
}

/// What a person would read, for messages of failing tests.
fn told(result: &DayResult) -> String {
    let line = |d: &super::Difference| {
        let Amounts { net, tax, gross } = d.amounts;
        let (measure, cause, place) = (d.measure, d.cause, &d.place);
        format!(
            "{measure} {cause} {:?} {net}/{tax}/{gross} x{}: {} {:?}\n",
            d.aspect, d.count, d.detail, place.reference
        )
    };
    let mut text: String = result.differences.iter().map(line).collect();
    for measure in Measure::ALL {
        let sides = result.sides.get(&measure).copied().unwrap_or_default();
        if !sides.difference().is_zero() {
            text.extend([format!("{measure}: {sides:?}\n")]);
        }
    }
    text
}
