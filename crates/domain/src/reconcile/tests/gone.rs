//! Remove any one of 10,000 receipts: it is named.

use super::{Shop, result, shop::Plan, told};
use crate::reconcile::causes::DayCause;

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
