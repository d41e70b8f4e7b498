//! Buffers, virtual warehouses, and SKUs that one side does not know.

use daybook_domain::stock::{BufferRule, BufferScope};
use daybook_sandbox::sitoo::masters::Warehouse;
use daybook_store::stock::finding;

use super::*;

async fn set_rule(world: &daybook_testkit::World, scope: BufferScope, key: &str, amount: &str) {
    let rule = BufferRule::new(scope, key, None, amount.parse().unwrap());
    daybook_flows::stock::people::set_buffer(&world.app, &rule, "Ada").await.unwrap();
}

#[tokio::test]
async fn a_buffer_is_held_back_and_given_free_again() {
    tell(|world| async move {
        let sku = world.goods(0).sku.clone();
        let before = world.units(0, &sku);
        set_rule(&world, BufferScope::Sku, &sku, "2").await;
        world.later(minutes(1)).await;
        assert_eq!(world.units(0, &sku), before - 2);
        // OrderWise's own buffer counts before any rule.
        let location = world.shop(0).stock_location_id;
        assert!(world.sandbox.orderwise.set_buffer(&sku, location, Some(1.into())));
        world.erp_moves(0, &sku, 0);
        world.later(minutes(1)).await;
        assert_eq!(world.units(0, &sku), before - 1);
        assert!(world.sandbox.orderwise.set_buffer(&sku, location, None));
        world.erp_moves(0, &sku, 0);
        let scope = BufferScope::Sku;
        daybook_flows::stock::people::unset_buffer(&world.app, scope, &sku, None, "Ada")
            .await
            .unwrap();
        world.later(minutes(1)).await;
        assert_eq!(world.units(0, &sku), before);
        world
    })
    .await;
}

#[tokio::test]
async fn a_buffer_is_held_back_of_a_category() {
    tell(|world| async move {
        let sku = world.goods(0).sku.clone();
        let before = world.units(0, &sku);
        let variant = world.sandbox.orderwise.variant(&sku).unwrap();
        let other = world.retailer.skus.iter().map(|other| other.sku.clone()).find(|other| {
            let other = world.sandbox.orderwise.variant(other);
            other.is_some_and(|other| other.product_code != variant.product_code)
        });
        let other = other.unwrap();
        let kept = world.units(0, &other);
        let code = variant.product_code.to_lowercase();
        set_rule(&world, BufferScope::Category, &code, "2").await;
        world.later(minutes(1)).await;
        assert_eq!((world.units(0, &sku), world.units(0, &other)), (before - 2, kept));
        let scope = BufferScope::Category;
        daybook_flows::stock::people::unset_buffer(&world.app, scope, &code, None, "Ada")
            .await
            .unwrap();
        world.later(minutes(1)).await;
        assert_eq!(world.units(0, &sku), before);
        world
    })
    .await;
}

#[tokio::test]
async fn a_virtual_warehouse_is_told_absolute_values() {
    tell(|world| async move {
        let shop = world.shop(0);
        let name = shop.name.clone();
        let warehouse = Warehouse::new(shop.warehouse_id, &name, Some(shop.store_id));
        world.sandbox.sitoo.add_warehouse(warehouse.virtual_levels());
        let sku = world.goods(0).sku.clone();
        let before = world.units(0, &sku);
        // What kind it is was read an hour ago.
        world.later(hours(1)).await;
        world.erp_moves(0, &sku, 4);
        let report = world.later(minutes(1)).await;
        assert_eq!((world.units(0, &sku), report.raised, world.moves_sent()), (before + 4, 1, 0));
        world.sell(world.sale(1_000));
        for _ in 0..4 {
            world.later(minutes(6)).await;
        }
        assert_eq!(world.units(0, &sku), before + 3);
        world
    })
    .await;
}

/// Nothing is ever taken away in silence because OrderWise does not know it.
#[tokio::test]
async fn what_one_side_does_not_know_is_listed_and_left_alone() {
    tell(|world| async move {
        let lost = world.goods(0).sku.clone();
        let warehouse = world.shop(0).warehouse_id;
        let only_till = world.retailer.troubles.missing_sku.clone();
        world.sandbox.sitoo.set_stock(warehouse, &only_till, 7_000).unwrap();
        world.later(hours(24)).await;
        let found = finding::list(&world.app.db, 1_000).await.unwrap();
        let here = |sku: &str| {
            found.iter().any(|finding| finding.sku == sku && finding.warehouse_id == warehouse)
        };
        assert!(here(&only_till), "{found:?}");
        assert!(!here(&lost));
        assert_eq!(world.units(0, &only_till), 7);
        world
    })
    .await;
}
