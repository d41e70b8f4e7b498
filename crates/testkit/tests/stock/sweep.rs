//! The nightly comparison of everything.

use daybook_domain::stock::Why;
use daybook_sandbox::sitoo::stock::LeftOut;
use daybook_testkit::World;

use super::*;

#[tokio::test]
async fn a_second_sweep_writes_nothing() {
    tell(|world| async move {
        let sent = world.moves_sent();
        let report = world.later(hours(24)).await;
        assert!(report.swept >= 1 && report.compared > 40, "{report:?}");
        assert_eq!((report.raised, report.lowered, world.moves_sent()), (0, 0, sent));
        world
    })
    .await;
}

#[tokio::test]
async fn what_staff_moved_is_repaired_and_its_cause_named() {
    tell(|world| async move {
        let (one, two) = (world.goods(0).sku.clone(), world.goods(1).sku.clone());
        let (before, warehouse) = (world.units(0, &one), world.shop(0).warehouse_id);
        world.sandbox.sitoo.adjust_stock(warehouse, &one, 5_000).unwrap();
        world.later(minutes(6)).await;
        assert_eq!(world.units(0, &one), before, "the journal told of it");
        assert_eq!(world.last_why(0, &one).await, Some(Why::Adjusted));

        world.sandbox.sitoo.stock_take(warehouse, &two, 1_000).unwrap();
        let report = world.later(hours(24)).await;
        assert!(report.swept >= 1);
        assert_eq!(world.last_why(0, &two).await, Some(Why::Adjusted));
        world
    })
    .await;
}

/// Nothing tells of it: only the sweep sees it.
#[tokio::test]
async fn a_drift_that_nobody_told_of_is_repaired() {
    tell(|world| async move {
        let sku = world.goods(0).sku.clone();
        let (before, warehouse) = (world.units(0, &sku), world.shop(0).warehouse_id);
        world.erp_moves(0, &sku, 1);
        world.later(minutes(1)).await;
        world.sandbox.sitoo.set_stock(warehouse, &sku, 99_000).unwrap();
        world.later(minutes(30)).await;
        assert_eq!(world.units(0, &sku), 99);
        world.later(hours(24)).await;
        assert_eq!(world.units(0, &sku), before + 1);
        assert_eq!(world.last_why(0, &sku).await, Some(Why::Unknown));
        world
    })
    .await;
}

/// Somebody in a stock room changes what was on a page already, so that rows shift: nothing is taken
/// for missing, and nothing is told twice.
#[tokio::test]
async fn rows_that_shift_between_pages_harm_nothing() {
    tell(|world| async move {
        world.sandbox.sitoo.switch(|switches| switches.newest_first = true);
        let sku = world.goods(0).sku.clone();
        let warehouse = world.shop(0).warehouse_id;
        world.sandbox.sitoo.adjust_between_pages(warehouse, &sku, 3_000);
        world.later(hours(24)).await;
        world
    })
    .await;
}

/// Goods leave OrderWise, which the book knows when the sweep's own export, of all stock, answers as
/// it would have before that.
#[tokio::test]
async fn a_stale_export_of_everything_does_not_sway_the_sweep() {
    tell(|world| async move {
        let sku = world.goods(0).sku.clone();
        let before = world.units(0, &sku);
        let lags = |lag: u32| {
            world.sandbox.orderwise.switch(|switches| switches.stock_export_lag_s = lag);
        };
        // At 02:28 they leave; the stand-in keeps what its export may still have to show.
        world.later(hours(17) + minutes(13)).await;
        lags(300);
        world.erp_moves(0, &sku, -4);
        lags(0);
        let report = world.later(minutes(1)).await;
        assert_eq!((report.swept, world.units(0, &sku)), (0, before - 4));
        // At 02:31 the sweep is told of 02:26.
        lags(300);
        let report = world.later(minutes(2)).await;
        assert!(report.swept >= 1, "{report:?}");
        assert_eq!((report.raised, report.lowered), (0, 0), "{report:?}");
        assert_eq!(world.units(0, &sku), before - 4);
        lags(0);
        world
    })
    .await;
}

/// A missing row counted as an empty shelf would put all that OrderWise has on top of what is there.
#[tokio::test]
async fn levels_that_an_answer_leaves_out_never_raise_a_till() {
    for (answers, left_out) in [
        (1, LeftOut::All),
        (1, LeftOut::ButTheFirst),
        (3, LeftOut::ButTheFirst),
        (400, LeftOut::All),
    ] {
        tell(move |world| async move {
            let skus: Vec<String> = (0..3).map(|nth| world.goods(nth).sku.clone()).collect();
            // Sitoo had some when it was decided on last.
            for sku in &skus {
                world.erp_moves(0, sku, -1);
            }
            world.stock().await;
            let units = |world: &World| -> Vec<i64> {
                skus.iter().map(|sku| world.units(0, sku)).collect()
            };
            let before = units(&world);

            world.sandbox.sitoo.leave_out_levels(answers, left_out);
            for sku in &skus {
                world.erp_moves(0, sku, 0);
            }
            world.stock().await;
            for _ in 0..3 {
                world.later(minutes(2)).await;
                assert_eq!(units(&world), before, "{answers} {left_out:?}");
            }
            if answers < 100 {
                world.sandbox.sitoo.leave_out_levels(answers, left_out);
                world.later(hours(24)).await;
                assert_eq!(units(&world), before, "in the night: {answers} {left_out:?}");
            }
            world.sandbox.sitoo.leave_out_levels(0, left_out);
            for sku in &skus {
                world.erp_moves(0, sku, 1);
            }
            world.later(minutes(10)).await;
            let after: Vec<i64> = before.iter().map(|units| units + 1).collect();
            assert_eq!(units(&world), after, "{answers} {left_out:?}");
            world
        })
        .await;
    }
}

#[tokio::test]
async fn a_sweep_that_was_ended_goes_on_where_it_was() {
    tell(|mut world| async move {
        world.clock.advance(hours(24));
        world.sync().await.unwrap();
        world.crash.plan(12, true);
        let mut report = daybook_flows::stock::StockReport::default();
        let ended = tokio::select! {
            biased;
            () = world.crash.happened() => true,
            _ = Box::pin(daybook_flows::stock::pass(&world.app, &mut report)) => false,
        };
        assert!(ended);
        world.crash.call_off();
        world.restart();
        // Longer than its lease.
        let rest = world.later(minutes(6)).await;
        let shops = u64::try_from(world.retailer.stores.len()).unwrap();
        assert!(rest.swept >= 1 && rest.swept <= 2 * shops, "{rest:?}");
        assert_eq!(world.stock().await.swept, 0);
        world
    })
    .await;
}
