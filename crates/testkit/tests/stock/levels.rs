//! What tills and OrderWise do, and what the tills show then.

use daybook_domain::{causes::Cause, mapping::MappingKind, stock::Why};
use daybook_flows::stock::people;
use daybook_sandbox::sitoo::till::{Refund, Row, Sale, Stage, Tender};
use daybook_testkit::{World, db::for_each_engine};

use super::*;

#[tokio::test]
async fn what_orderwise_sells_elsewhere_leaves_the_tills() {
    tell(|world| async move {
        let sku = world.goods(0).sku.clone();
        let before = world.units(0, &sku);
        world.erp_moves(0, &sku, -2);
        let report = world.stock().await;
        assert_eq!((world.units(0, &sku), report.lowered, report.requests), (before - 2, 1, 1));
        world.erp_moves(0, &sku, 5);
        world.clock.advance(minutes(1));
        world.stock().await;
        assert_eq!(world.units(0, &sku), before + 3);
        assert_eq!(world.last_why(0, &sku).await, Some(Why::Orderwise));
        world
    })
    .await;
}

#[tokio::test]
async fn a_sale_that_is_calculated_moves_nothing_more() {
    tell(|world| async move {
        world.erp_calculates_each_minute();
        let sku = world.goods(0).sku.clone();
        let before = world.units(0, &sku);
        world.sell(world.sale(1_000));
        assert_eq!(world.units(0, &sku), before - 1);
        for _ in 0..8 {
            world.later(seconds(45)).await;
            assert_eq!(world.units(0, &sku), before - 1);
        }
        assert_eq!(world.moves_sent(), 0, "the till took it off, and nothing else has to");
        world
    })
    .await;
}

/// OrderWise cannot be told a sale, and its figure stays: the sale counts for as long.
#[tokio::test]
async fn a_sale_counts_until_orderwise_has_it() {
    tell(|world| async move {
        let sku = world.goods(0).sku.clone();
        let before = world.units(0, &sku);
        let sale = world.sell(world.sale(1_000));
        let fault = daybook_sandbox::faults::Fault::TooManyRequests { retry_after_s: None };
        let away = daybook_sandbox::faults::Matcher::on("POST", "sales/order").times(3);
        world.sandbox.orderwise_faults.put(fault, away);
        world.erp_moves(0, &sku, 0);
        world.later(seconds(1)).await;
        assert_eq!(world.units(0, &sku), before - 1);
        // A person brings it back onto the shelf by mistake: it is taken off again.
        world.sandbox.sitoo.adjust_stock(world.shop(0).warehouse_id, &sku, 1_000).unwrap();
        world.later(minutes(6)).await;
        assert_eq!(world.units(0, &sku), before - 1);
        assert!(!world.entry(sale).await.reference.is_empty());
        world
    })
    .await;
}

/// Nobody knows whether it is a sale, or what it cost: its goods have left the shelf all the same.
#[tokio::test]
async fn what_cannot_be_judged_or_read_counts_until_a_person_has_seen_to_it() {
    for (field, json) in [("ordertypeid", "99"), ("moneytotal_gross_all", "\"abc\"")] {
        tell(move |world| async move {
            let sku = world.goods(0).sku.clone();
            let before = world.units(0, &sku);
            let odd = world.sell(world.sale(1_000));
            assert!(world.sandbox.sitoo.spoil(odd, field, json));
            for _ in 0..3 {
                world.erp_moves(0, &sku, 0);
                world.later(minutes(2)).await;
                assert_eq!(world.units(0, &sku), before - 1, "{field}");
            }
            world.sandbox.sitoo.heal(odd);
            world.later(hours(2)).await;
            world
        })
        .await;
    }
}

/// Two shops sell from one stock location: what one sells, the other must not.
#[tokio::test]
async fn a_sale_lowers_the_other_till_of_its_stock_location_once() {
    tell(|world| async move {
        world.erp_calculates_each_minute();
        let sku = world.goods(0).sku.clone();
        let shared = world.shop(0).stock_location_id;
        let (first, second) = (world.shop(0).warehouse_id, world.shop(1).warehouse_id);
        let row = format!("location={shared}");
        let before = world.units(0, &sku);
        let own = world.shop(1).stock_location_id;
        patch_store(&world, second, &row).await;
        world.stock().await;
        let waits = world.waits().await;
        let told = (Cause::StockLocationShared.code(), second.max(first).to_string());
        assert!(waits.iter().any(|one| (one.0, one.1.clone()) == told), "{waits:?}");

        world.sell(world.sale_of(1, Row::of(&world.goods(0).product).gross(900)));
        let report = world.later(seconds(1)).await;
        assert_eq!((world.units(0, &sku), report.lowered), (before - 1, 1));
        world.stock().await;
        assert_eq!(world.units(0, &sku), before - 1);

        world.later(minutes(1)).await;
        patch_store(&world, second, &format!("location={own}")).await;
        world.later(minutes(1)).await;
        assert_eq!(world.waits().await, []);
        // What was sold there was posted to the shared location; the shop's own still has it.
        world.sandbox.sitoo.adjust_stock(second, &sku, 1_000).unwrap();
        world
    })
    .await;
}

async fn patch_store(world: &daybook_testkit::World, warehouse: i64, value: &str) {
    let rows = daybook_store::mapping::load(&world.app.db).await.unwrap().rows;
    let key = warehouse.to_string();
    let row = rows.iter().find(|row| row.kind == MappingKind::Store && row.key == key).unwrap();
    let row = row.patched(value).unwrap();
    daybook_flows::people::set_mapping(&world.app, &[row], "Ada").await.unwrap();
}

#[tokio::test]
async fn a_return_adds_only_when_orderwise_has_it() {
    tell(|world| async move {
        world.erp_calculates_each_minute();
        let sku = world.goods(0).sku.clone();
        let before = world.units(0, &sku);
        let sale = world.sell(world.sale(1_000));
        for _ in 0..4 {
            world.later(minutes(1)).await;
        }
        assert_eq!(world.units(0, &sku), before - 1);
        let till = world.till(0).to_owned();
        world.refund(Refund::whole(&till, sale).pay_rest(Tender::card()));
        assert_eq!(world.units(0, &sku), before, "the till put it back itself");
        world.later(seconds(1)).await;
        assert_eq!(world.units(0, &sku), before - 1, "OrderWise does not have it back yet");
        for _ in 0..4 {
            world.later(minutes(1)).await;
        }
        assert_eq!(world.units(0, &sku), before);
        world
    })
    .await;
}

#[tokio::test]
async fn what_is_booked_is_not_taken_off_twice() {
    tell(|world| async move {
        let sku = world.goods(0).sku.clone();
        let before = world.units(0, &sku);
        let until = daybook_testkit::world::MORNING.micros() / 1_000_000 + 20 * 60;
        let booking = Sale::at_register(world.till(0))
            .row(Row::of(&world.goods(0).product).gross(1_000))
            .stage(Stage::Booking(until));
        world.sell(booking);
        let warehouse = world.shop(0).warehouse_id;
        let level = world.sandbox.sitoo.stock_level(warehouse, &sku).unwrap();
        assert_eq!((level.total, level.reserved), (before * 1_000, 1_000));
        world.erp_moves(0, &sku, 3);
        world.later(seconds(10)).await;
        let level = world.sandbox.sitoo.stock_level(warehouse, &sku).unwrap();
        assert_eq!((level.total, level.available()), ((before + 3) * 1_000, (before + 2) * 1_000));
        world
    })
    .await;
}

/// It was read when it was open, and is not due to be read again: its sale is in the level at once.
#[tokio::test]
async fn a_booking_that_a_till_closes_is_counted_before_its_level_is() {
    tell(|mut world| async move {
        // As if many orders had come since: the overlap does not reach back to it.
        world.settings.receive.overlap_ids = 0;
        world.restart();
        // Longer than the lease of the one before.
        world.later(minutes(6)).await;
        world.erp_calculates_each_minute();
        let sku = world.goods(0).sku.clone();
        let before = world.units(0, &sku);
        let booking = Sale::at_register(world.till(0))
            .row(Row::of(&world.goods(0).product).gross(1_000))
            .stage(Stage::Open);
        let booking = world.sell(booking);
        world.later(seconds(1)).await;
        world.erp_moves(0, &sku, 3);
        world.clock.advance(minutes(1));
        world.sandbox.sitoo.close(booking, Some(Tender::card())).unwrap();
        world.stock().await;
        assert_eq!(world.units(0, &sku), before + 2, "three came, and one was just sold");
        world
    })
    .await;
}

#[tokio::test]
async fn an_offline_till_that_uploads_late_is_counted_when_it_does() {
    tell(|world| async move {
        world.erp_calculates_each_minute();
        let sku = world.goods(0).sku.clone();
        let before = world.units(0, &sku);
        let yesterday = daybook_testkit::world::MORNING.micros() / 1_000_000 - 20 * 3_600;
        world.sell(world.sale(1_000).at(yesterday));
        world.later(seconds(1)).await;
        assert_eq!(world.units(0, &sku), before - 1);
        assert_eq!(world.last_why(0, &sku).await, Some(Why::LateSale));
        world
    })
    .await;
}

/// The export answers as it would have minutes ago: a figure that is older than the one that is
/// known changes nothing, and a sale that it cannot contain goes on counting.
#[tokio::test]
async fn a_stale_export_never_raises_what_was_sold() {
    tell(|world| async move {
        world.erp_calculates_each_minute();
        world.sandbox.orderwise.switch(|switches| switches.stock_export_lag_s = 300);
        let sku = world.goods(0).sku.clone();
        let before = world.units(0, &sku);
        world.sell(world.sale(1_000));
        for _ in 0..8 {
            world.later(seconds(50)).await;
            assert!(world.units(0, &sku) < before);
        }
        world.sandbox.orderwise.switch(|switches| switches.stock_export_lag_s = 0);
        world
    })
    .await;
}

#[tokio::test]
async fn what_is_sold_by_the_metre_keeps_its_fractions() {
    tell(|world| async move {
        let metre = daybook_sandbox::retailer::SkuKind::Metre;
        let sku = world.retailer.skus.iter().find(|sku| sku.kind == metre).unwrap().sku.clone();
        let before = world.level(0, &sku).thousandths();
        let location = world.shop(0).stock_location_id;
        let truth = world.sandbox.orderwise.free_stock(&sku, location).unwrap();
        let more = format!("{truth}.2505").parse().unwrap();
        assert!(world.sandbox.orderwise.set_stock(&sku, location, more));
        world.stock().await;
        assert_eq!(world.level(0, &sku).thousandths(), before + 250, "rounded down");
        assert!(world.sandbox.orderwise.set_stock(&sku, location, truth));
        world
    })
    .await;
}

/// Six are sold where one was left: the till is at zero, and a person is told until it is right.
#[tokio::test]
async fn what_was_not_there_is_said_until_it_is() {
    tell(|world| async move {
        world.erp_calculates_each_minute();
        let sku = world.goods(0).sku.clone();
        let location = world.shop(0).stock_location_id;
        assert!(world.sandbox.orderwise.set_stock(&sku, location, 1.into()));
        world.later(minutes(2)).await;
        assert_eq!(world.units(0, &sku), 1);
        world.clock.advance(seconds(20));
        let row = Row::of(&world.goods(0).product).times(6).gross(6_000);
        let sale = world.sell(world.sale_of(0, row));
        let report = world.later(seconds(1)).await;
        assert_eq!((report.oversold, world.units(0, &sku)), (1, 0));
        let waits = world.waits().await;
        assert_eq!(waits, [(Cause::Oversold.code(), sku.clone(), 1, 0)]);
        let said = &daybook_store::stock::oversell::open(&world.app.db).await.unwrap()[0];
        assert_eq!(
            (said.units.whole_units(), said.orders.as_str()),
            (Some(5), reference(sale).as_str())
        );
        for _ in 0..4 {
            world.later(minutes(1)).await;
        }
        assert_eq!(world.waits().await, [], "OrderWise owes it now, not the tills");
        assert_eq!(world.units(0, &sku), 0);
        world.erp_moves(0, &sku, 9);
        world
    })
    .await;
}

fn reference(order_id: i64) -> String {
    daybook_testkit::story::reference(order_id).to_string()
}

#[tokio::test]
async fn a_product_that_the_catalogue_makes_is_told_its_stock_at_once() {
    tell(|world| async move {
        let price = rust_decimal::Decimal::new(1_200, 2);
        world.sandbox.orderwise.add_variant(daybook_sandbox::orderwise::Variant {
            price_inc_vat: price,
            ..daybook_sandbox::orderwise::Variant::new(90_001, "NEW-1", 1)
        });
        world.erp_moves(0, "NEW-1", 7);
        world.later(minutes(2)).await;
        let mut report = daybook_flows::catalogue::CatalogueReport::default();
        daybook_flows::catalogue::pass(&world.app, &mut report).await.unwrap();
        assert_eq!((report.created, world.units(0, "NEW-1")), (1, 0));
        world.later(minutes(1)).await;
        assert_eq!(world.units(0, "NEW-1"), 7);
        assert_eq!(world.last_why(0, "NEW-1").await, Some(Why::New));
        world
    })
    .await;
}

/// Thousands of orders may be open for weeks: a pass that must know what tills did asks for those
/// that are no longer open, and for no other.
#[tokio::test]
async fn many_open_orders_cost_a_page_and_hide_no_sale() {
    tell(|mut world| async move {
        world.settings.receive.ids_per_request = 20;
        world.restart();
        let sku = world.goods(1).sku.clone();
        let sale = || world.sale(600).stage(Stage::Open);
        let open: Vec<_> = (0..300).map(|_| world.sell(sale())).collect();
        world.sync().await.unwrap();
        world.clock.advance(seconds(1));
        let row = Row::of(&world.goods(1).product).gross(900);
        let sold = world.sell(world.sale_of(0, row).stage(Stage::Open));
        world.sync().await.unwrap();
        let before = world.units(0, &sku);
        // None of them is due by itself when the till closes one.
        world.clock.advance(seconds(10));
        world.sandbox.sitoo.close(sold, Some(Tender::card())).unwrap();
        world.erp_moves(0, &sku, -1);
        world.sandbox.sitoo_faults.reset_counts();
        world.stock().await;
        assert!(world.entry(sold).await.kind == daybook_domain::entry::EntryKind::Sale);
        assert_eq!(world.units(0, &sku), before - 2, "sold once at the till, once elsewhere");
        let calls = world.sandbox.sitoo_faults.counts().of("GET", "orders");
        assert!(calls <= 6, "{calls} calls for {} open orders", open.len());
        for order in open {
            world.sandbox.sitoo.cancel(order).unwrap();
        }
        world
    })
    .await;
}

/// A SKU that was renamed is mapped to the one that stays: the stock is told to that one alone, and
/// what is shown is about it.
#[tokio::test]
async fn of_two_products_that_are_one_sku_each_has_a_history_of_its_own() {
    for_each_engine(|db| async move {
        let world = World::small(1, db).await.unwrap();
        world.stock().await;
        let [stays, gone] = [0, 1].map(|number| world.goods(number).sku.clone());
        let before = world.units(0, &stays);
        assert!(before > 0 && world.units(0, &gone) > 0);
        world.map(MappingKind::Sku, &gone, &stays).await;
        for _ in 0..3 {
            world.erp_moves(0, &stays, -1);
            world.later(minutes(5)).await;
        }
        assert_eq!((world.units(0, &stays), world.units(0, &gone)), (before - 3, 0));
        let warehouse = world.shop(0).warehouse_id;
        for sku in [&stays, &gone] {
            let shown = people::show(&world.app, sku).await.unwrap();
            let here = shown.stores.iter().find(|one| one.warehouse_id == warehouse).unwrap();
            let last = here.last.as_ref().unwrap();
            assert_eq!((&*last.sku, last.target.whole_units()), (&*stays, Some(before - 3)));
            let all = people::decisions(&world.app, sku, Some(warehouse), 100).await.unwrap();
            assert!(all.iter().any(|one| *one.sku == *gone), "{all:?}");
        }
    })
    .await;
}

/// A new store sells before its stock was ever told: its till is below zero, and nothing was sold that
/// OrderWise does not have.
#[tokio::test]
async fn a_till_that_was_never_told_its_stock_has_oversold_nothing() {
    for_each_engine(|db| async move {
        let world = World::small(1, db).await.unwrap();
        let sku = world.goods(0).sku.clone();
        let location = world.shop(0).stock_location_id;
        assert!(world.sandbox.orderwise.set_stock(&sku, location, 999.into()));
        let more = world.units(0, &sku) + 1;
        let row = Row::of(&world.goods(0).product).times(more).gross(1_000 * more);
        world.sell(world.sale_of(0, row));
        assert_eq!(world.units(0, &sku), -1);
        let report = world.later(seconds(1)).await;
        assert_eq!((report.oversold, world.waits().await), (0, vec![]));
        for _ in 0..10 {
            world.later(minutes(5)).await;
        }
        assert_eq!(world.units(0, &sku), 999 - more);
    })
    .await;
}

/// The goods have left, the level says so, and the order is still to come: its number is missing.
#[tokio::test]
async fn what_an_order_took_that_is_known_to_be_missing_raises_no_till() {
    tell(|world| async move {
        world.sandbox.sitoo.switch(|switches| switches.stock_moves_before_visible = true);
        let sku = world.goods(0).sku.clone();
        let sell = |units: i64| {
            let row = Row::of(&world.goods(0).product).times(units).gross(1_000 * units);
            world.sale_of(0, row)
        };
        world.sell(sell(1));
        world.later(seconds(10)).await;
        for _ in 0..6 {
            world.later(minutes(5)).await;
        }
        let before = world.units(0, &sku);
        let missing = world.sell(sell(3).held_back());
        world.sell(sell(1));
        for _ in 0..4 {
            world.later(seconds(10)).await;
            assert_eq!(world.units(0, &sku), before - 4);
        }
        assert!(world.sandbox.sitoo.reveal(missing));
        for _ in 0..6 {
            world.later(minutes(5)).await;
            assert_eq!(world.units(0, &sku), before - 4);
        }
        world
    })
    .await;
}
