//! The proof that prices arrive.

use super::*;

async fn arrivals(world: &World, sku: &str) -> Vec<price_arrival::Arrival> {
    let filter = price_arrival::ArrivalFilter {
        since: daybook_domain::Timestamp::default(),
        late_at: None,
        sku: Some(sku.to_owned()),
    };
    price_arrival::list(&world.app.db, &filter, 9).await.unwrap()
}

#[tokio::test]
async fn a_price_is_known_to_have_been_changed_written_and_seen() {
    tell(|world| async move {
        let sku = world.goods(0).sku.clone();
        let old = till(&world, &sku).price;
        change(&world, &sku, |variant| variant.price_inc_vat = Decimal::new(777, 2));
        let changed = world.app.now();
        after(&world, minutes(5)).await;
        let found = arrivals(&world, &sku).await;
        let [one] = found.as_slice() else { panic!("one: {found:?}") };
        assert_eq!((one.old.map(daybook_domain::Money::pence), one.new.pence()), (Some(old), 777));
        // OrderWise tells whole seconds.
        assert!(changed.since(one.changed_at.unwrap()) < Duration::from_secs(1));
        assert_eq!(
            (one.written_at, one.read_back_at),
            (Some(world.app.now()), Some(world.app.now()))
        );
        // Changed after nine in the morning: it counts tomorrow.
        assert!(one.due_at > world.app.now() && !one.is_late(world.app.now()));
    })
    .await;
}

#[tokio::test]
async fn a_price_that_did_not_come_in_time_is_told_until_it_comes() {
    tell(|world| async move {
        let sku = world.goods(0).sku.clone();
        change(&world, &sku, |variant| variant.price_inc_vat = Decimal::new(777, 2));
        let spoil = Fault::PartialBatch(Spoil { every: 1, status: 400, processed: false });
        for _ in 0..40 {
            world.sandbox.sitoo_faults.once(spoil, "PUT", "products");
        }
        assert_eq!(pass(&world).await.refused, 1);
        for _ in 0..12 {
            after(&world, hours(2)).await;
        }
        let causes: Vec<_> = told(&world).await.into_iter().map(|(cause, _)| cause).collect();
        assert_eq!(causes, ["product-refused", "price-not-arrived"]);
        world.sandbox.sitoo_faults.clear();
        after(&world, hours(2)).await;
        assert_eq!(told(&world).await, []);
        let found = arrivals(&world, &sku).await;
        assert!(found.len() == 1 && found[0].is_late(world.app.now()), "{found:?}");
    })
    .await;
}

#[tokio::test]
async fn a_price_that_could_not_be_read_back_is_seen_later() {
    tell(|world| async move {
        let sku = world.goods(0).sku.clone();
        change(&world, &sku, |variant| variant.price_inc_vat = Decimal::new(777, 2));
        // What is as old as the world itself is read no more.
        after(&world, minutes(15)).await;
        world.clock.advance(minutes(15));
        change(&world, &sku, |variant| variant.price_inc_vat = Decimal::new(888, 2));
        // The pass reads changes first; what it reads after the write is lost.
        let lost = daybook_sandbox::faults::Matcher::on("GET", "products").skip(1).times(2);
        world.sandbox.sitoo_faults.put(Fault::CutBefore, lost);
        let _ = try_pass(&world).await;
        let found = arrivals(&world, &sku).await;
        assert!(found[0].written_at.is_some() && found[0].read_back_at.is_none(), "{found:?}");
        after(&world, minutes(5)).await;
        let found = arrivals(&world, &sku).await;
        assert_eq!((found[0].new.pence(), found[0].read_back_at), (888, Some(world.app.now())));
        assert_eq!(writes(&world).1, 3, "one when all began, one for each price");
    })
    .await;
}

#[tokio::test]
async fn prices_of_further_lists_are_known_to_arrive_too() {
    tell(|mut world| async move {
        let list = world.sandbox.sitoo.add_price_list("Outlets");
        world.settings.catalogue.price_lists.insert(list.to_string(), 50);
        world.restart();
        pass(&world).await;
        let sku = world.goods(0).sku.clone();
        change(&world, &sku, |variant| variant.price_inc_vat = Decimal::new(880, 2));
        after(&world, minutes(5)).await;
        let found = arrivals(&world, &sku).await;
        let of = |list| found.iter().find(|one| one.list == list && one.new.pence() < 900).unwrap();
        let (own, half) = (of(price_arrival::DEFAULT_LIST), of(list));
        assert_eq!((own.new.pence(), half.new.pence()), (880, 440));
        assert_eq!((half.changed_at, half.due_at), (own.changed_at, own.due_at));
        assert_eq!(half.written_at, Some(world.app.now()));
        assert_eq!(half.read_back_at, Some(world.app.now()));
        assert_eq!(price_arrival::pending(&world.app.db).await.unwrap(), 0);
        // One that the list refuses is told once the stores are open.
        change(&world, &sku, |variant| variant.price_inc_vat = Decimal::new(990, 2));
        let refuse = Fault::PartialBatch(Spoil { every: 1, status: 400, processed: false });
        for _ in 0..40 {
            world.sandbox.sitoo_faults.once(refuse, "PUT", "pricelistitems");
        }
        for _ in 0..13 {
            after(&world, hours(2)).await;
        }
        let causes: Vec<_> = told(&world).await.into_iter().map(|(cause, _)| cause).collect();
        assert_eq!(causes, ["product-refused", "price-not-arrived"]);
        // A list that is no longer kept is not waited for.
        world.settings.catalogue.price_lists.clear();
        world.restart();
        world.sandbox.sitoo_faults.clear();
        after(&world, hours(2)).await;
        assert_eq!(price_arrival::pending(&world.app.db).await.unwrap(), 0);
    })
    .await;
}

#[tokio::test]
async fn a_change_that_is_taken_back_is_not_waited_for() {
    tell(|world| async move {
        let sku = world.goods(0).sku.clone();
        let old = till(&world, &sku).price;
        change(&world, &sku, |variant| variant.price_inc_vat = Decimal::new(777, 2));
        let spoil = Fault::PartialBatch(Spoil { every: 1, status: 400, processed: false });
        world.sandbox.sitoo_faults.once(spoil, "PUT", "products");
        assert_eq!(pass(&world).await.refused, 1);
        assert_eq!(price_arrival::pending(&world.app.db).await.unwrap(), 1);
        change(&world, &sku, |variant| variant.price_inc_vat = Decimal::new(old, 2));
        after(&world, minutes(5)).await;
        assert_eq!(price_arrival::pending(&world.app.db).await.unwrap(), 0);
        assert_eq!(told(&world).await, []);
    })
    .await;
}
