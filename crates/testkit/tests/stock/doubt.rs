//! Replies that are lost, processes that die, requests that are refused.

use daybook_domain::causes::Cause;
use daybook_flows::stock::{self, StockReport};
use daybook_sandbox::faults::{ErrorBody, Fault};

use super::*;

#[tokio::test]
async fn a_movement_whose_reply_was_lost_is_found_in_the_journal() {
    tell(|world| async move {
        let sku = world.goods(0).sku.clone();
        let before = world.units(0, &sku);
        for fault in [Fault::CutAfter, Fault::TimeoutAfter, Fault::ErrorAfter { status: 500 }] {
            let sent = world.moves_sent();
            let units = world.units(0, &sku);
            world.erp_moves(0, &sku, -1);
            world.next_moves_meet(fault);
            let report = world.stock().await;
            assert_eq!((report.in_doubt, report.adopted), (1, 1), "{}", fault.name());
            assert_eq!(world.units(0, &sku), units - 1, "{}", fault.name());
            world.later(minutes(1)).await;
            assert_eq!(world.moves_sent(), sent + 1, "{}", fault.name());
        }
        assert_eq!(world.units(0, &sku), before - 3);
        world
    })
    .await;
}

#[tokio::test]
async fn a_movement_that_never_arrived_is_written_again_only_after_the_settling_time() {
    tell(|world| async move {
        let sku = world.goods(0).sku.clone();
        let before = world.units(0, &sku);
        world.erp_moves(0, &sku, -2);
        world.next_moves_meet(Fault::CutBefore);
        let report = world.stock().await;
        assert_eq!((report.in_doubt, report.adopted, world.units(0, &sku)), (1, 0, before));
        world.erp_moves(0, &sku, -1);
        world.later(seconds(29)).await;
        assert_eq!((world.units(0, &sku), world.moves_sent()), (before, 1), "still in doubt");
        let report = world.later(seconds(2)).await;
        assert_eq!((report.given_up, world.units(0, &sku)), (1, before - 3));
        assert_eq!(world.moves_sent(), 2);
        world
    })
    .await;
}

/// It is on its way for so long that it is only found by the second search.
#[tokio::test]
async fn a_movement_that_arrives_late_is_not_doubled() {
    tell(|world| async move {
        let sku = world.goods(0).sku.clone();
        let before = world.units(0, &sku);
        world.erp_moves(0, &sku, -2);
        world.next_moves_meet(Fault::ProcessedLate { ms: 0 });
        world.stock().await;
        world.later(seconds(31)).await;
        world.later(seconds(31)).await;
        assert_eq!(world.units(0, &sku), before - 2);
        world
    })
    .await;
}

#[tokio::test]
async fn what_was_certainly_not_done_stays_due() {
    tell(|world| async move {
        let sku = world.goods(0).sku.clone();
        let before = world.units(0, &sku);
        world.erp_moves(0, &sku, -2);
        world.next_moves_meet(Fault::TooManyRequests { retry_after_s: None });
        let mut report = StockReport::default();
        assert!(Box::pin(stock::pass(&world.app, &mut report)).await.is_err());
        assert_eq!(world.units(0, &sku), before);
        world.stock().await;
        assert_eq!((world.units(0, &sku), world.moves_sent()), (before - 2, 2));
        world
    })
    .await;
}

#[tokio::test]
async fn a_killed_process_doubles_nothing() {
    tell(|mut world| async move {
        let sku = world.goods(0).sku.clone();
        let before = world.units(0, &sku);
        let mut wanted = before;
        for (calls, reaches) in (0..8).flat_map(|calls| [(calls, false), (calls, true)]) {
            world.erp_moves(0, &sku, 1);
            wanted += 1;
            world.clock.advance(seconds(40));
            world.crash.plan(calls, reaches);
            let mut report = StockReport::default();
            tokio::select! {
                biased;
                () = world.crash.happened() => {}
                result = Box::pin(stock::pass(&world.app, &mut report)) => result.unwrap(),
            }
            world.crash.call_off();
            world.restart();
            // Longer than its lease.
            for _ in 0..3 {
                world.later(minutes(6)).await;
            }
            assert_eq!(world.units(0, &sku), wanted, "killed at call {calls}, sent: {reaches}");
        }
        world
    })
    .await;
}

/// One SKU of many is refused: the others are written, it is named, and closes by itself.
#[tokio::test]
async fn one_refused_sku_stops_only_itself() {
    tell(|world| async move {
        let bad = world.goods(0).clone();
        let before: Vec<i64> = (0..4).map(|n| world.units(0, &world.goods(n).sku)).collect();
        let product_id = bad.product.id;
        assert!(world.sandbox.sitoo.delete_product(product_id));
        for n in 0..4 {
            world.erp_moves(0, &world.goods(n).sku, 1);
        }
        let report = world.stock().await;
        assert_eq!((report.raised, report.refused), (3, 1));
        for (n, before) in before.iter().enumerate().skip(1) {
            assert_eq!(world.units(0, &world.goods(n).sku), before + 1);
        }
        let waits = world.waits().await;
        assert_eq!(waits, [(Cause::StockWriteRefused.code(), bad.sku.clone(), 1, 0)]);
        world.sandbox.sitoo.add_product((*bad.product).clone());
        world.erp_moves(0, &bad.sku, 1);
        world.later(minutes(1)).await;
        assert_eq!(world.units(0, &bad.sku), before[0] + 2);
        assert_eq!(world.waits().await, []);
        world
    })
    .await;
}

#[tokio::test]
async fn no_answer_that_makes_no_sense_moves_anything_twice() {
    tell(|world| async move {
        let sku = world.goods(0).sku.clone();
        for fault in [
            Fault::MalformedJson,
            Fault::HtmlPage { status: 200 },
            Fault::HtmlPage { status: 502 },
            Fault::ServerError { status: 500, body: ErrorBody::Json },
            Fault::TimeoutBefore,
        ] {
            let before = world.units(0, &sku);
            world.erp_moves(0, &sku, 1);
            world.next_moves_meet(fault);
            world.stock().await;
            world.later(seconds(31)).await;
            world.later(seconds(31)).await;
            assert_eq!(world.units(0, &sku), before + 1, "after {}", fault.name());
        }
        world
    })
    .await;
}
