//! Replies that are lost, and processes that end in the middle.

use super::*;

#[tokio::test]
async fn a_creation_whose_reply_was_lost_is_found_and_not_repeated() {
    tell(|world| async move {
        world.sandbox.orderwise.add_variant(new_variant("NEW-1"));
        world.sandbox.sitoo_faults.once(Fault::CutAfter, "POST", "products");
        let report = pass(&world).await;
        assert_eq!((report.adopted, report.refused, writes(&world).0), (1, 0, 1));
        assert!(shown(&world, "NEW-1"));
        assert_eq!(after(&world, minutes(5)).await, CatalogueReport::default());
        assert_eq!(told(&world).await, []);
    })
    .await;
}

#[tokio::test]
async fn a_creation_that_never_arrived_waits_and_is_sent_again() {
    tell(|world| async move {
        world.sandbox.orderwise.add_variant(new_variant("NEW-1"));
        world.sandbox.sitoo_faults.once(Fault::CutBefore, "POST", "products");
        assert_eq!(pass(&world).await.created, 0);
        assert_eq!(after(&world, Duration::from_secs(5)).await.created, 0, "it may still come");
        assert_eq!(after(&world, minutes(1)).await.created, 1);
        assert_eq!(writes(&world).0, 2);
    })
    .await;
}

#[tokio::test]
async fn an_update_whose_reply_was_lost_is_read_back() {
    tell(|world| async move {
        let (one, other) = (world.goods(0).sku.clone(), world.goods(1).sku.clone());
        let before = writes(&world).1;
        change(&world, &one, |variant| variant.price_inc_vat = Decimal::new(777, 2));
        world.sandbox.sitoo_faults.once(Fault::CutAfter, "PUT", "products");
        pass(&world).await;
        assert_eq!((till(&world, &one).price, writes(&world).1), (777, before + 1));
        change(&world, &other, |variant| variant.price_inc_vat = Decimal::new(888, 2));
        world.sandbox.sitoo_faults.once(Fault::CutBefore, "PUT", "products");
        after(&world, minutes(5)).await;
        assert_eq!((till(&world, &other).price, writes(&world).1), (888, before + 3));
        assert_eq!(price_arrival::pending(&world.app.db).await.unwrap(), 0);
    })
    .await;
}

#[tokio::test]
async fn a_refusal_of_the_whole_batch_is_narrowed_down() {
    tell(|world| async move {
        for number in 0..6 {
            world.sandbox.orderwise.add_variant(Variant {
                id: 90_000 + number,
                ..new_variant(&format!("NEW-{number}"))
            });
        }
        let refuse = Fault::ServerError { status: 400, body: ErrorBody::default() };
        world.sandbox.sitoo_faults.once(refuse, "POST", "products");
        let report = pass(&world).await;
        assert_eq!((report.created, report.refused), (6, 0));
    })
    .await;
}

#[tokio::test]
async fn an_outage_ends_the_pass_and_the_next_one_goes_on() {
    tell(|world| async move {
        let sku = world.goods(0).sku.clone();
        change(&world, &sku, |variant| variant.price_inc_vat = Decimal::new(777, 2));
        world.sandbox.sitoo_faults.start_outage(Fault::CutBefore);
        assert!(try_pass(&world).await.is_err());
        world.sandbox.sitoo_faults.lift_outages();
        after(&world, minutes(1)).await;
        after(&world, minutes(1)).await;
        assert_eq!(till(&world, &sku).price, 777);
    })
    .await;
}

#[tokio::test]
async fn a_large_change_goes_on_where_a_killed_process_left_it() {
    tell_of_all(|mut world| async move {
        world.settings.catalogue.batch = 10;
        world.restart();
        for number in 0..60 {
            let sku = world.goods(number).sku.clone();
            change(&world, &sku, |variant| variant.price_inc_vat = Decimal::new(777, 2));
        }
        let before = writes(&world).1;
        for (calls, reaches_peer) in [(9, true), (8, false), (6, true), (1, false)] {
            world.crash.plan(calls, reaches_peer);
            tokio::select! {
                biased;
                () = world.crash.happened() => {}
                _ = try_pass(&world) => {}
            }
            world.crash.call_off();
            world.restart();
            world.clock.advance(minutes(1));
        }
        pass(&world).await;
        after(&world, minutes(5)).await;
        for number in 0..60 {
            assert_eq!(till(&world, &world.goods(number).sku).price, 777, "{number}");
        }
        // What was done before was not done again: six pieces, and what was lost on the way.
        let sent = writes(&world).1 - before;
        assert!((6..=10).contains(&sent), "{sent}");
        assert_eq!(price_arrival::pending(&world.app.db).await.unwrap(), 0);
        assert_eq!(told(&world).await, []);
    })
    .await;
}

#[tokio::test]
async fn an_element_that_failed_inside_sitoo_is_read_before_it_is_sent_again() {
    tell(|world| async move {
        for (id, sku) in [(90_001, "NEW-1"), (90_002, "NEW-2")] {
            world.sandbox.orderwise.add_variant(Variant { id, ..new_variant(sku) });
        }
        let fails = |processed| Fault::PartialBatch(Spoil { every: 2, status: 500, processed });
        world.sandbox.sitoo_faults.once(fails(true), "POST", "products");
        let report = pass(&world).await;
        assert_eq!((report.created, report.adopted, report.refused), (1, 1, 0));
        assert_eq!(writes(&world).0, 1, "it was there: nothing is made twice");
        assert!(shown(&world, "NEW-1") && shown(&world, "NEW-2"));
        let before = writes(&world).1;
        world.clock.advance(minutes(5));
        for number in 0..2 {
            let sku = world.goods(number).sku.clone();
            change(&world, &sku, |variant| variant.price_inc_vat = Decimal::new(777, 2));
        }
        world.sandbox.sitoo_faults.once(fails(false), "PUT", "products");
        assert_eq!(pass(&world).await.refused, 0);
        for number in 0..2 {
            assert_eq!(till(&world, &world.goods(number).sku).price, 777);
        }
        assert_eq!(writes(&world).1, before + 2, "only what Sitoo did not have was sent again");
        assert_eq!(told(&world).await, []);
    })
    .await;
}

#[tokio::test]
async fn a_write_that_sitoo_never_answers_is_not_repeated_without_end() {
    tell(|world| async move {
        let before = writes(&world).1;
        for number in 0..3 {
            let sku = world.goods(number).sku.clone();
            change(&world, &sku, |variant| variant.price_inc_vat = Decimal::new(777, 2));
        }
        let fails = Fault::ServerError { status: 500, body: ErrorBody::default() };
        let always = daybook_sandbox::faults::Matcher::on("PUT", "products").times(1_000);
        world.sandbox.sitoo_faults.put(fails, always);
        pass(&world).await;
        assert_eq!(writes(&world).1, before + 2, "once more at once, then after a pause");
        for _ in 0..4 {
            after(&world, minutes(10)).await;
        }
        let sent = writes(&world).1 - before - 2;
        assert!((3..=16).contains(&sent), "each goes alone now: {sent}");
        world.sandbox.sitoo_faults.clear();
        after(&world, hours(1)).await;
        for number in 0..3 {
            assert_eq!(till(&world, &world.goods(number).sku).price, 777);
        }
        assert_eq!(told(&world).await, []);
    })
    .await;
}
