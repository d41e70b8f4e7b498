//! Stories of sales and returns, told through the real HTTP stack, on both databases.

#![expect(clippy::unwrap_used, reason = "a story that cannot go on ends there")]

use daybook_domain::entry::EntryState;
use daybook_sandbox::sitoo::till::{Row, Sale};
use daybook_testkit::{World, db::for_each_engine, proof};

fn sell(world: &World, pence: i64) -> i64 {
    let till = &world.retailer.stores[0].registers[0];
    let sku = &world.retailer.skus[0];
    let sale = Sale::at_register(&till.register_id)
        .row(Row::of(&sku.product).gross(pence))
        .pay_rest(world.retailer.tenders[1].tender());
    world.sandbox.sitoo.sell(sale).unwrap()
}

#[tokio::test]
async fn a_sale_is_posted_once_and_confirmed_to_the_penny() {
    for_each_engine(|db| async move {
        let world = World::new(1, db).await.unwrap();
        let order_id = sell(&world, 1_999);
        let report = world.sync().await.unwrap();
        assert_eq!((report.received, report.posted), (1, 1));
        world.clock.advance(world.settings.posting.confirm_after);
        let report = world.sync().await.unwrap();
        assert_eq!(report.confirmed, 1);
        let entries = proof::all_entries(&world).await;
        let row = &entries[&order_id];
        assert_eq!(row.state, EntryState::Confirmed);
        assert_eq!(row.erp_gross, Some(row.gross));
        assert_eq!(proof::when_quiet(&world).await, Vec::<String>::new());
    })
    .await;
}
