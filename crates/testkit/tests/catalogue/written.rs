//! What is written: only what differs, only what is ours.

use super::*;

#[tokio::test]
async fn only_what_changed_is_written_and_the_rest_is_left_to_sitoo() {
    tell(|world| async move {
        let sku = world.goods(0).sku.clone();
        let before = till(&world, &sku);
        change(&world, &sku, |variant| {
            variant.price_inc_vat = Decimal::new(12_345, 2);
            variant.description = "Another name".to_owned();
        });
        let report = pass(&world).await;
        assert_eq!((report.updated, report.prices, writes(&world)), (1, 1, (0, 2)));
        let now = till(&world, &sku);
        assert_eq!((now.price, &*now.title), (12_345, "Another name"));
        let ours = Product {
            price: before.price,
            title: before.title.clone(),
            modified: before.modified,
            ..Product::clone(&now)
        };
        assert_eq!(ours, *before, "nothing else");
    })
    .await;
}

#[tokio::test]
async fn what_somebody_changes_in_sitoo_is_put_right_if_it_is_ours() {
    tell(|world| async move {
        let sku = world.goods(0).sku.clone();
        let before = till(&world, &sku);
        let theirs = Product {
            price: before.price + 500,
            unit_label: "pair".into(),
            modified: world.clock.micros()() / 1_000_000,
            ..Product::clone(&before)
        };
        world.sandbox.sitoo.add_product(theirs);
        let report = pass(&world).await;
        assert_eq!((report.updated, report.differed), (1, 1));
        let now = till(&world, &sku);
        assert_eq!((now.price, &*now.unit_label), (before.price, "pair"));
    })
    .await;
}

#[tokio::test]
async fn one_bad_element_stops_only_itself() {
    tell(|world| async move {
        for number in 0..10 {
            world.sandbox.orderwise.add_variant(Variant {
                id: 90_000 + number,
                ..new_variant(&format!("NEW-{number}"))
            });
        }
        let spoil = Fault::PartialBatch(Spoil { every: 4, status: 400, processed: false });
        world.sandbox.sitoo_faults.once(spoil, "POST", "products");
        let report = pass(&world).await;
        assert_eq!((report.created, report.refused), (8, 2));
        let told_now = told(&world).await;
        assert_eq!(told_now.len(), 2);
        assert!(told_now.iter().all(|(cause, _)| *cause == "product-refused"));
        // It is tried again by itself, and then the exception goes.
        assert_eq!(after(&world, minutes(10)).await.created, 0);
        assert_eq!(after(&world, hours(1)).await.created, 2);
        assert_eq!(told(&world).await, []);
    })
    .await;
}

#[tokio::test]
async fn a_product_that_is_not_from_orderwise_is_a_finding_and_stays() {
    tell(|world| async move {
        let missing = world.retailer.troubles.missing_sku.clone();
        let foreign = till_product::foreign(&world.app.db, 0, 9).await.unwrap();
        assert_eq!(foreign.iter().map(|one| one.sku.as_str()).collect::<Vec<_>>(), [&missing]);
        assert!(shown(&world, &missing));
        world.sandbox.orderwise.add_variant(new_variant(&missing));
        after(&world, hours(24)).await;
        assert_eq!(till_product::foreign(&world.app.db, 0, 9).await.unwrap(), []);
        assert_eq!(till(&world, &missing).price, 1_200);
    })
    .await;
}

#[tokio::test]
async fn prices_without_vat_where_the_site_stores_them_so() {
    for_each_engine(|db| async {
        let world = World::small(1, db).await.unwrap();
        world.sandbox.sitoo.set_settings(|settings| settings.prices_with_vat = false);
        world.sandbox.orderwise.add_variant(new_variant("NEW-1"));
        let mut report = CatalogueReport::default();
        flow::pass(&world.app, &mut report).await.unwrap();
        let known = till_product::by_links(&world.app.db, &["new-1".to_owned()]).await.unwrap();
        assert_eq!(known[0].product.price.pence(), 1_000);
        assert_eq!(after(&world, minutes(5)).await.updated, 0);
    })
    .await;
}

#[tokio::test]
async fn the_night_reads_and_compares_everything() {
    tell(|world| async move {
        let sku = world.goods(4).sku.clone();
        world.sandbox.sitoo.delete_product(till(&world, &sku).id);
        // No list of changes tells of a deletion.
        assert_eq!(pass(&world).await.created, 0);
        let report = after(&world, hours(24)).await;
        assert_eq!((report.updated, report.created), (0, 1));
        assert!(shown(&world, &sku));
    })
    .await;
}

#[tokio::test]
async fn further_price_lists_follow_the_price() {
    for_each_engine(|db| async {
        let mut world = World::small(1, db).await.unwrap();
        let list = world.sandbox.sitoo.add_price_list("Outlets");
        world.settings.catalogue.price_lists.insert("1".to_owned(), 50);
        world.settings.catalogue.price_lists.insert(list.to_string(), 90);
        world.restart();
        let mut report = CatalogueReport::default();
        flow::pass(&world.app, &mut report).await.unwrap();
        let sku = world.goods(0).sku.clone();
        let price = till(&world, &sku).price;
        assert_eq!(world.sandbox.sitoo.list_price(list, &sku), Some((price * 90 + 50) / 100));
        let report = after(&world, minutes(5)).await;
        assert_eq!(report, CatalogueReport::default());
        change(&world, &sku, |variant| variant.price_inc_vat = Decimal::new(10_005, 2));
        let report = after(&world, minutes(5)).await;
        assert_eq!((report.updated, report.prices), (1, 2));
        assert_eq!(world.sandbox.sitoo.list_price(list, &sku), Some(9_005));
        assert_eq!(till(&world, &sku).price, 10_005, "the default list is not one of them");
    })
    .await;
}
