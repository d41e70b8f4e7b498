//! Two Daybooks on one book, and shoppers who become customers once.

use daybook_flows::{
    sales::{self, SyncOptions},
    settings::Shoppers,
};
use daybook_sandbox::{faults::Fault, sitoo::till::Shopper};
use daybook_testkit::{World, db::TestBook, proof};

use super::*;

#[tokio::test]
async fn two_daybooks_share_the_work_without_doubles() {
    let book = TestBook::postgres().await;
    let mut world = World::small(1, book.db.clone()).await.unwrap();
    world.settings.posting.in_flight = 4;
    world.restart();
    let other = world.another(book.again().await);
    for _ in 0..60 {
        world.sell(world.sale(500));
    }
    let options = SyncOptions::default();
    for _ in 0..6 {
        let both = tokio::join!(sales::sync(&world.app, &options), sales::sync(&other, &options));
        both.0.unwrap();
        both.1.unwrap();
        world.clock.advance(minutes(1));
    }
    assert_eq!(world.sandbox.orderwise.document_count(), 60);
    assert_eq!(world.sent(), 60);
    assert!(world.sandbox.orderwise_faults.counts().max_in_flight <= 8);
    assert_eq!(proof::when_quiet(&world).await, Vec::<String>::new());
    other.db.close().await;
    book.remove().await;
}

fn shopper() -> Shopper {
    Shopper {
        email: "mary@example.test".to_owned(),
        first_name: "Mary".to_owned(),
        last_name: "Swann".to_owned(),
        ..Shopper::default()
    }
}

fn with_shoppers(mut world: World) -> World {
    world.settings.posting.shoppers = Shoppers::FindOrCreate;
    world.settings.posting.shopper_template_customer_id = Some(world.shop(0).customer_id);
    world.restart();
    world
}

#[tokio::test]
async fn a_shopper_becomes_a_customer_once() {
    tell(|world| async move {
        let world = with_shoppers(world);
        let before = world.sandbox.orderwise.customers().len();
        let first = world.sell(world.sale(1_000).shopper(shopper()));
        let second = world.sell(
            world
                .sale_of(1, world.row_of(&world.goods(0).sku, 500))
                .shopper(Shopper { email: " MARY@example.test".to_owned(), ..shopper() }),
        );
        world.pass().await;
        world.after(minutes(1)).await;
        assert_eq!(world.sandbox.orderwise.customers().len(), before + 1);
        let customer = world.document(first).customer;
        assert_eq!(world.document(second).customer, customer);
        assert_ne!(customer, world.shop(0).customer_id);
        world
    })
    .await;
}

#[tokio::test]
async fn a_customer_whose_creation_was_lost_is_found_and_not_created_twice() {
    // Of an answer that is broken off nobody can tell what it was.
    for fault in [Fault::CutAfter, Fault::MalformedJson] {
        tell(|world| async move {
            let world = with_shoppers(world);
            let before = world.sandbox.orderwise.customers().len();
            world.sandbox.orderwise_faults.once(fault, "POST", "customers");
            let sale = world.sell(world.sale(1_000).shopper(shopper()));
            world.pass().await;
            for _ in 0..3 {
                world.after(minutes(1)).await;
            }
            assert_eq!(world.sandbox.orderwise.customers().len(), before + 1);
            assert_ne!(world.document(sale).customer, world.shop(0).customer_id, "{fault:?}");
            world
        })
        .await;
    }
}

#[tokio::test]
async fn a_shopper_of_whom_too_little_is_known_stops_no_sale() {
    tell(|world| async move {
        let world = with_shoppers(world);
        let nobody = Shopper { first_name: "Mary".to_owned(), ..Shopper::default() };
        let sale = world.sell(world.sale(1_000).shopper(nobody));
        world.pass().await;
        assert_eq!(world.document(sale).customer, world.shop(0).customer_id);
        world
    })
    .await;
}
