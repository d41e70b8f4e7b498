//! Both sides end alike, or a person is told.

use super::*;

#[tokio::test]
async fn cancelled_in_sitoo_is_told_until_orderwise_cancels_too() {
    tell(|world| async move {
        let order_id = posted(&world, to_the_door(&world)).await;
        world.despatch_later(minutes(2)).await;
        world.sandbox.sitoo.cancel(order_id).unwrap();
        world.despatch_later(hours(1)).await;
        assert_eq!(world.causes(order_id).await, ["cancelled-in-sitoo"]);
        assert_eq!(world.waits().await[0].3, 2_000);
        let document = world.document(order_id).order_id;
        world.sandbox.orderwise.cancel_order(document).unwrap();
        world.despatch_later(minutes(2)).await;
        assert_eq!(world.causes(order_id).await, Vec::<&str>::new());
        assert_eq!(says(&world, order_id, "both-sides-ended").await, 1);
        world
    })
    .await;
}

#[tokio::test]
async fn cancelled_in_orderwise_is_told_with_the_money_that_is_left() {
    tell(|world| async move {
        let order_id = posted(&world, to_the_door(&world)).await;
        send(&world, order_id, parcel("D1", &[(3, 1)]));
        world.despatch_later(minutes(2)).await;
        let document = world.document(order_id).order_id;
        world.sandbox.orderwise.cancel_order(document).unwrap();
        world.despatch_later(minutes(2)).await;
        let waits = world.waits().await;
        assert_eq!((waits[0].0, waits[0].3), ("cancelled-in-orderwise", 1_001));
        // What a person has settled is not told again.
        let reference = daybook_testkit::story::reference(order_id);
        daybook_flows::people::dismiss(&world.app, reference, "Ada", "refunded").await.unwrap();
        world.despatch_later(hours(2)).await;
        assert_eq!(world.waits().await, []);
        world
    })
    .await;
}

#[tokio::test]
async fn cancelled_in_orderwise_cancels_in_sitoo_where_that_is_allowed() {
    tell(|mut world| async move {
        world.settings.despatch.cancel_orders = true;
        world.restart();
        let order_id = posted(&world, to_the_door(&world)).await;
        let document = world.document(order_id).order_id;
        world.sandbox.orderwise.cancel_order(document).unwrap();
        world.despatch_later(minutes(2)).await;
        assert_eq!(till_state(&world, order_id), OrderState::Cancelled);
        world.despatch_later(hours(1)).await;
        assert_eq!(says(&world, order_id, "both-sides-ended").await, 1);
        assert_eq!(world.waits().await, []);
        world
    })
    .await;
}

#[tokio::test]
async fn what_does_not_move_is_told_and_closes_when_it_does() {
    tell(|world| async move {
        let order_id = posted(&world, to_the_door(&world)).await;
        world.despatch_later(minutes(2)).await;
        world.despatch_later(hours(71)).await;
        assert_eq!(world.causes(order_id).await, Vec::<&str>::new());
        world.despatch_later(hours(2)).await;
        assert_eq!(world.causes(order_id).await, ["paid-but-not-moving"]);
        send(&world, order_id, parcel("D1", &[]));
        world.despatch_later(minutes(2)).await;
        assert_eq!(world.causes(order_id).await, Vec::<&str>::new());
        assert_eq!(till_state(&world, order_id), OrderState::Closed);
        world
    })
    .await;
}

#[tokio::test]
async fn a_despatch_that_the_windows_missed_is_found_and_written() {
    tell(|world| async move {
        let order_id = posted(&world, to_the_door(&world)).await;
        world.despatch_later(minutes(2)).await;
        send(&world, order_id, parcel("D1", &[]));
        // Longer than any window: nobody was there to read it.
        world.clock.advance(hours(5));
        let mut tx = world.app.db.begin().await.unwrap();
        let now = world.app.now();
        daybook_store::watermark::set(&mut tx, now, "despatches-read", now.micros()).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(world.despatch_later(minutes(2)).await.written, 0);
        let report = world.despatch_later(hours(73)).await;
        assert_eq!((report.written, report.raised), (1, 0));
        assert_eq!(till_state(&world, order_id), OrderState::Closed);
        world
    })
    .await;
}

#[tokio::test]
async fn despatched_without_a_delivery_is_told() {
    tell(|world| async move {
        let order_id = posted(&world, to_the_door(&world)).await;
        let document = world.document(order_id).order_id;
        assert!(world.sandbox.orderwise.set_status(document, "Completed"));
        world.despatch_later(minutes(2)).await;
        world.despatch_later(hours(13)).await;
        assert_eq!(world.causes(order_id).await, ["despatched-but-open"]);
        // A person delivers it in Sitoo by hand.
        let central = world.retailer.central.warehouse_id;
        world.sandbox.sitoo.hand_over(order_id, central, &[(0, 2), (1, 1)], "D7").unwrap();
        world.despatch_later(hours(1)).await;
        assert_eq!(world.causes(order_id).await, Vec::<&str>::new());
        world
    })
    .await;
}

#[tokio::test]
async fn what_a_till_handed_over_is_not_delivered_again() {
    tell(|world| async move {
        let order_id = posted(&world, to_the_door(&world)).await;
        world.despatch_later(minutes(2)).await;
        world.sandbox.sitoo.close(order_id, None).unwrap();
        world.despatch_later(hours(1)).await;
        assert_eq!(world.causes(order_id).await, ["handed-over-elsewhere"]);
        send(&world, order_id, parcel("D1", &[]));
        world.despatch_later(minutes(2)).await;
        assert_eq!(written(&world, order_id), []);
        assert_eq!(world.causes(order_id).await, ["despatch-beyond-order"]);
        world
    })
    .await;
}
