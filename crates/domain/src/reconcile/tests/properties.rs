//! Whatever is broken: the sum of causes is the difference, in net, tax and gross.

use proptest::prelude::*;

use super::{Dice, Shop, damage::Scene, kinds::all, result, shop::Plan, told};
use crate::{
    Money, Quantity, VatRate,
    reconcile::{
        certificate::Certificate, rollup::Node, tolerance::RunningTotals, witness::StoreDay,
    },
};

/// Turns any knobs of any witness, without sense.
fn wreck(day: &mut StoreDay, dice: &mut Dice) {
    let pence = |dice: &mut Dice| Money::from_pence(dice.roll(-50_000, 50_000));
    for _ in 0..dice.roll(1, 30) {
        let documents = i64::try_from(day.documents.len()).unwrap();
        let at = usize::try_from(dice.roll(0, documents - 1)).unwrap();
        let document = &mut day.documents[at];
        match dice.roll(0, 13) {
            0 => document.document.net += pence(dice),
            1 => document.document.tax += pence(dice),
            2 => document.document.gross += pence(dice),
            3 => document.document.order_type = dice.roll(1, 4),
            4 => document.lines = None,
            5 => {
                if let Some(lines) = document.lines.as_mut().filter(|lines| !lines.is_empty()) {
                    lines.remove(0);
                }
            }
            6 => {
                for line in document.lines.iter_mut().flatten() {
                    line.gross += pence(dice);
                    line.quantity = Quantity::from_thousandths(dice.roll(-9_000, 9_000));
                }
            }
            7 => {
                for line in document.lines.iter_mut().flatten() {
                    line.tax += pence(dice);
                    line.tax_code = Some("T5".to_owned());
                    line.sku = "OTHER".to_owned();
                }
            }
            8 => {
                let mut copy = document.clone();
                copy.document.order_id += dice.roll(1, 1_000_000);
                copy.document.gross += pence(dice);
                day.documents.push(copy);
            }
            9 => document.document.reference = "by hand".to_owned(),
            10 => {
                let entry = usize::try_from(dice.roll(0, 5)).unwrap();
                if entry < day.entries.len() {
                    day.entries.remove(entry);
                }
            }
            11 => {
                for report in &mut day.z_reports {
                    report.sales.gross += pence(dice);
                    report.refunds.net += pence(dice);
                    report.round_off += pence(dice);
                    report.sales.count += dice.roll(-2, 2);
                }
            }
            12 => {
                for group in day.z_reports.iter_mut().flat_map(|z| &mut z.sales.vat_groups) {
                    group.vat += pence(dice);
                    group.rate = VatRate::from_percent(dice.roll(0, 30));
                }
            }
            _ => {
                for entry in day.entries.iter_mut().take(3) {
                    entry.posting = None;
                    entry.figures.net += pence(dice);
                    entry.rows.truncate(1);
                }
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn the_sum_of_causes_is_the_difference(seed in 0..1_000_000_u64) {
        let mut shop = Shop::open(Plan { seed, receipts: 6 });
        let mut dice = Dice::new(seed + 1);
        let kinds: Vec<_> = all().collect();
        for _ in 0..dice.roll(0, 5) {
            let register = usize::try_from(dice.roll(0, 2)).unwrap();
            let kind = *dice.pick(&kinds);
            let claims = super::damage::Claims::new();
            let mut scene = Scene { shop: &mut shop, dice: &mut dice, register, claims };
            if scene.any(|_| true).is_some() && !scene.shop.day.z_reports.is_empty() {
                apply(kind.apply, &mut scene);
            }
        }
        if !shop.day.documents.is_empty() {
            wreck(&mut shop.day, &mut dice);
        }
        let result = result(&shop.day, &shop.policy);
        prop_assert_eq!(result.loose_ends(), [], "{}", told(&result));
        let company = Node::company([&result]);
        prop_assert_eq!(company.sides.unwrap_or_default().difference(), company.difference);
        for tender in company.below.values().flat_map(|s| s.below.values()).flat_map(|r| r.below.values()) {
            prop_assert_eq!(tender.sides.unwrap_or_default().difference(), tender.difference);
            let below: crate::reconcile::Amounts = tender.below.values().map(|n| n.difference).sum();
            prop_assert_eq!(below, tender.difference);
        }
    }

    #[test]
    fn a_certificate_does_not_depend_on_the_order_of_arrival(seed in 0..1_000_000_u64) {
        let mut shop = Shop::open(Plan { seed, receipts: 6 });
        let mut dice = Dice::new(seed + 1);
        wreck(&mut shop.day, &mut dice);
        let certify = |day: &StoreDay| {
            let result = result(day, &shop.policy);
            let running = RunningTotals::default();
            Certificate::new(result, Vec::new(), &running, Some("before".to_owned()))
        };
        let first = certify(&shop.day);
        let mut day = shop.day.clone();
        dice.shuffle(&mut day.entries);
        dice.shuffle(&mut day.documents);
        dice.shuffle(&mut day.z_reports);
        dice.shuffle(&mut day.store.registers);
        for document in &mut day.documents {
            if let Some(lines) = &mut document.lines {
                dice.shuffle(lines);
            }
        }
        let second = certify(&day);
        prop_assert_eq!(first.body.canonical(), second.body.canonical());
        prop_assert_eq!(first, second);
    }
}

/// A kind of damage may find its till in pieces.
fn apply(kind: fn(&mut Scene<'_>) -> Option<()>, scene: &mut Scene<'_>) {
    let _ = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| kind(scene)));
}
