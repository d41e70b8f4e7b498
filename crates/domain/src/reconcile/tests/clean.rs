//! No false difference.

use super::{Dice, Shop, result, shop::Plan, told};
use crate::reconcile::difference::Measure;

const DAYS: u64 = 1_000;

#[test]
fn a_thousand_undamaged_store_days_have_no_difference() {
    let (mut receipts, mut practice, mut late) = (0, 0, 0);
    for seed in 0..DAYS {
        let mut shop = Shop::open(Plan { seed, receipts: 12 });
        let mut dice = Dice::new(seed + 77);
        dice.shuffle(&mut shop.day.entries);
        dice.shuffle(&mut shop.day.documents);
        dice.shuffle(&mut shop.day.z_reports);
        let result = result(&shop.day, &shop.policy);
        assert!(result.differences.is_empty(), "day {seed}:\n{}", told(&result));
        assert!(result.missing.is_empty() && result.settled.is_empty());
        assert_eq!(result.loose_ends(), []);
        let sides = result.sides[&Measure::Ledger];
        assert_eq!(sides.book_count, i64::try_from(shop.day.entries.len()).unwrap());
        receipts += sides.book_count;
        practice += result.practice;
        late += result.late;
    }
    assert!(receipts > 36_000 && practice > 1_000 && late > 1_000, "{receipts} {practice} {late}");
}
