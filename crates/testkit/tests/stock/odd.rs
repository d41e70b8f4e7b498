//! Rows of the stock export that cannot be read: each stops only itself.

use daybook_flows::check::{self, CheckState};
use daybook_sandbox::orderwise::Purpose::StockLevels;
use daybook_store::exception::{self, ExceptionFilter};
use daybook_testkit::World;

use super::*;

/// What is told of rows: whom they are about, and what is wrong.
async fn odd(world: &World) -> Vec<(String, String)> {
    let scope = Some("stock-levels".to_owned());
    let filter = ExceptionFilter { scope, ..ExceptionFilter::default() };
    let open = exception::list(&world.app.db, &filter, 99).await.unwrap();
    open.into_iter().map(|row| (row.subject, row.detail)).collect()
}

/// Of the row of a SKU, in all places.
fn spoil(world: &World, sku: &str, column: &str, json: &str) {
    let sku = format!("\"{sku}\"");
    assert!(world.sandbox.orderwise.spoil_cell(StockLevels, ("sku", &sku), column, json));
}

#[tokio::test]
async fn a_row_that_cannot_be_read_keeps_its_last_figure_and_stops_no_other() {
    for (column, json) in [
        ("freeStock", "null"),
        ("freeStock", "1e15"),
        ("freeStock", "{}"),
        ("buffer", "\"n/a\""),
        ("lastCalculated", "\"soon\""),
    ] {
        tell(|world| async move {
            let (bad, good) = (world.goods(0).sku.clone(), world.goods(1).sku.clone());
            let before = (world.units(0, &bad), world.units(0, &good));
            spoil(&world, &bad, column, json);
            world.erp_moves(0, &bad, 3);
            world.erp_moves(0, &good, -2);
            world.stock().await;
            assert_eq!((world.units(0, &bad), world.units(0, &good)), (before.0, before.1 - 2));
            let name = format!("{bad} at {}", world.shop(0).stock_location_id);
            let told = odd(&world).await;
            let of_ours = told.iter().find(|one| one.0 == name).unwrap();
            assert!(of_ours.1.contains(&format!("].{column} ")), "{told:?}");

            // What is sold goes off; it does not come back however much time passes.
            world.sell(world.sale(1_000));
            for _ in 0..4 {
                world.later(minutes(30)).await;
                assert_eq!(world.units(0, &bad), before.0 - 1);
            }
            // The nightly reading of everything does not forget it either.
            world.later(hours(24)).await;
            assert_eq!(world.units(0, &bad), before.0 - 1);
            assert!(odd(&world).await.iter().any(|one| one.0 == name));

            world.sandbox.orderwise.mend_rows();
            world.erp_moves(0, &bad, 1);
            world.later(minutes(1)).await;
            assert_eq!(world.units(0, &bad), before.0 + 3);
            assert!(odd(&world).await.iter().all(|one| one.0 != name));
            world.later(hours(24)).await;
            assert_eq!(odd(&world).await, []);
            world
        })
        .await;
    }
}

#[tokio::test]
async fn a_row_that_does_not_say_whose_it_is_is_told_and_nothing_is_forgotten() {
    tell(|world| async move {
        let (lost, good) = (world.goods(0).sku.clone(), world.goods(1).sku.clone());
        let before = (world.units(0, &lost), world.units(0, &good));
        spoil(&world, &lost, "stockLocationId", "null");
        world.erp_moves(0, &good, -1);
        world.later(hours(24)).await;
        assert_eq!((world.units(0, &lost), world.units(0, &good)), (before.0, before.1 - 1));
        let told = odd(&world).await;
        assert_eq!((told.len(), &told[0].0), (1, &lost));
        assert!(told[0].1.ends_with("].stockLocationId is empty"), "{told:?}");
        world.sandbox.orderwise.mend_rows();
        world.later(hours(24)).await;
        assert_eq!(odd(&world).await, []);
        world
    })
    .await;
}

#[tokio::test]
async fn what_is_finer_than_a_till_counts_is_cut_and_never_up() {
    tell(|world| async move {
        let sku = world.goods(0).sku.clone();
        for (free, buffer, units) in
            [("7.9999", "null", 7), ("7", "1.0001", 5), ("1e-7", "null", 0), ("0.9E1", "2e-5", 8)]
        {
            spoil(&world, &sku, "freeStock", free);
            spoil(&world, &sku, "buffer", buffer);
            world.erp_moves(0, &sku, 0);
            world.later(minutes(1)).await;
            assert_eq!((world.units(0, &sku), odd(&world).await), (units, vec![]), "{free}");
        }
        world.sandbox.orderwise.mend_rows();
        for shop in 0..world.retailer.stores.len() {
            world.erp_moves(shop, &sku, 0);
        }
        world
    })
    .await;
}

#[tokio::test]
async fn a_check_tells_of_rows_that_cannot_be_read_before_a_flow_meets_them() {
    tell(|world| async move {
        let bad = world.goods(0).sku.clone();
        world.erp_moves(0, &bad, 1);
        spoil(&world, &bad, "freeStock", "null");
        let lines =
            check::orderwise::exports(&world.app.orderwise, world.app.now(), minutes(5)).await;
        let line = lines.iter().find(|line| line.name == "stock-levels").unwrap();
        assert_eq!(line.state, CheckState::Warning, "{line:?}");
        assert!(line.detail.contains("3 that cannot be read"), "{line:?}");
        assert!(line.detail.contains(&bad) && line.stops.is_empty(), "{line:?}");
        world.sandbox.orderwise.mend_rows();
        world
    })
    .await;
}
