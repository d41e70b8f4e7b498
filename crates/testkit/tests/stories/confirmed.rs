//! After the posting: documents are read back, and what the till changes later is told.

use daybook_domain::entry::EntryState::Confirmed;
use daybook_flows::people;
use daybook_sandbox::sitoo::till::Stage;

use super::*;

#[tokio::test]
async fn tills_of_any_zone_are_read_back_in_windows() {
    tell(|world| async move {
        let zones = ["Asia/Tokyo", "America/Los_Angeles"];
        let sale = |n: usize| world.sale(500).with("pos-timezone", zones[n % 2]);
        let sales: Vec<_> = (0..8).map(|n| world.sell(sale(n))).collect();
        world.pass().await;
        let day = |order: i64| world.document(order).order_date;
        assert_ne!(day(sales[0]), day(sales[1]), "each by its own clock");
        world.after(minutes(1)).await;
        for &sale in &sales {
            assert_eq!(world.state(sale).await, Confirmed);
        }
        let reads = world.sandbox.orderwise_faults.counts();
        let (windows, looks) =
            (reads.of("POST", "definition/102"), reads.of("POST", "definition/101"));
        // The first by the stores' clocks, which are not the tills' here.
        assert_eq!((windows, looks), (2, 0));
        world
    })
    .await;
}

/// A busy day lies between a few sales that are due together: OrderWise is not made to tell all of
/// it at once, and none of them is left behind.
#[tokio::test]
async fn what_lies_beyond_a_narrowed_window_is_read_back_all_the_same() {
    tell(|world| async move {
        let mut sales: Vec<_> = (0..4).map(|_| world.sell(world.sale(500))).collect();
        world.clock.advance(minutes(1));
        // They count as entries of the day and are never posted.
        for _ in 0..2_100 {
            world.sell(world.sale(900).stage(Stage::Abandoned));
        }
        world.clock.advance(minutes(1));
        sales.extend((0..4).map(|_| world.sell(world.sale(700))));
        world.pass().await;
        world.sandbox.orderwise_faults.reset_counts();
        world.after(minutes(1)).await;
        for sale in sales {
            assert_eq!(world.state(sale).await, Confirmed);
        }
        let reads = world.sandbox.orderwise_faults.counts();
        let (windows, looks) =
            (reads.of("POST", "definition/102"), reads.of("POST", "definition/101"));
        assert_eq!((windows, looks), (2, 0));
        world
    })
    .await;
}

#[tokio::test]
async fn what_the_till_changes_after_the_posting_is_told_with_its_money() {
    tell(|world| async move {
        let (void, note) = (world.sell(world.sale(1_000)), world.sell(world.sale(700)));
        world.pass().await;
        world.sandbox.sitoo.spoil(void, "orderstateid", "20");
        world.sandbox.sitoo.spoil(note, "company", "\"Swann and Sons\"");
        world.pass().await;
        assert_eq!(world.causes(void).await, ["changed-after-posting"]);
        assert_eq!(world.causes(note).await, Vec::<&str>::new(), "the ledger does not care");
        assert_eq!(world.document(void).gross, 1_000, "nothing is altered there by itself");
        assert_eq!((world.document(note).gross, world.sent()), (700, 2));
        people::dismiss(&world.app, reference(void), "Ada", "credited as SO-9").await.unwrap();
        assert!(world.state(void).await.is_in_ledger());
        world.pass().await;
        assert_eq!(world.waits().await, []);
        world
    })
    .await;
}
