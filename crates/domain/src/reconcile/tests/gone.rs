//! Remove any one of 10,000 receipts: it is named.

use super::{Shop, result, shop::Plan, told};
use crate::reconcile::{causes::DayCause, witness::BookEntry};

const RECEIPTS: usize = 10_000;

#[test]
fn whichever_receipt_is_gone_is_named() {
    let (mut seed, mut done) = (0, 0);
    while done < RECEIPTS {
        let shop = Shop::open(Plan { seed, receipts: 30 });
        for at in 0..shop.day.entries.len() {
            let mut day = shop.day.clone();
            let gone = day.entries.remove(at);
            let reference = gone.reference.to_string();
            day.documents.retain(|found| found.document.reference != reference);
            let result = result(&day, &shop.policy);
            let receipt = gone.receipt_id.as_deref().unwrap();
            let named = |m: &crate::reconcile::Missing| m.certain && m.receipt_id == receipt;
            let text = || format!("day {seed}, {receipt}: {:?}\n{}", result.missing, told(&result));
            assert!(result.missing.iter().any(named), "{}", text());
            let mut causes = result.differences.iter().map(|difference| difference.cause);
            assert!(causes.all(|cause| cause == DayCause::ReceiptMissing), "{}", text());
            done += 1;
        }
        seed += 1;
    }
}

/// The first receipt that Daybook has of a till says nothing about those before it: what a report
/// counts beyond the book may stand before the first or after the last one. Both are asked for.
#[test]
fn on_a_tills_first_day_both_ends_are_named() {
    for seed in 0..60 {
        let mut shop = Shop::open(Plan { seed, receipts: 12 });
        shop.day.store.registers.iter_mut().for_each(|till| till.last_number = None);
        assert!(result(&shop.day, &shop.policy).differences.is_empty(), "nothing is missing");
        for register in shop.day.store.registers.clone() {
            let of = |entry: &BookEntry| entry.register_id.as_ref() == Some(&register.id);
            let places: Vec<usize> =
                (0..shop.day.entries.len()).filter(|at| of(&shop.day.entries[*at])).collect();
            for at in [places.first(), places.last()].into_iter().flatten() {
                let mut day = shop.day.clone();
                let gone = day.entries.remove(*at);
                let reference = gone.reference.to_string();
                day.documents.retain(|found| found.document.reference != reference);
                let result = result(&day, &shop.policy);
                let receipt = gone.receipt_id.as_deref().unwrap();
                let named = result.missing.iter().any(|one| one.receipt_id == receipt);
                assert!(named, "day {seed}, {receipt}: {:?}\n{}", result.missing, told(&result));
            }
        }
    }
}
