//! What goes well: sold here, sent from there, shown at the till.

use daybook_domain::mapping::MappingKind;
use daybook_flows::events::{self, IncomingEvent};

use super::*;

#[tokio::test]
async fn a_home_delivery_is_posted_sent_and_closed() {
    tell(|world| async move {
        let order_id = world.sell(to_the_door(&world));
        world.pass().await;
        assert_eq!(world.state(order_id).await, SetAside);
        world.after(seconds(10)).await;
        assert_eq!(world.state(order_id).await, Posted);
        let document = world.document(order_id);
        let central = world.retailer.central.stock_location_id;
        assert!(document.lines.iter().all(|line| line.location == central));
        assert_eq!(&*document.status, "Awaiting despatch");
        let before = world.sandbox.sitoo.last_transaction();
        assert_eq!(world.despatch_later(minutes(2)).await.moved, 1);
        send(&world, order_id, parcel("D1", &[]));
        let report = world.despatch_later(minutes(2)).await;
        assert_eq!((report.told, report.written, report.ended), (1, 1, 1));
        assert_eq!(written(&world, order_id), [one("D1", &[(0, 2), (1, 1)])]);
        let delivery = &deliveries(&world, order_id)[0];
        assert_eq!(delivery.warehouse, world.retailer.central.warehouse_id);
        assert_eq!(till_state(&world, order_id), OrderState::Closed);
        assert_eq!(world.sandbox.sitoo.last_transaction(), before, "no stock moved");
        assert_eq!(says(&world, order_id, "despatched").await, 1);
        // The till's order changed, and what was posted did not.
        assert_eq!(world.waits().await, []);
        // Windows overlap: what comes again changes nothing.
        for _ in 0..3 {
            let report = world.despatch_later(minutes(2)).await;
            assert_eq!((report.told, report.written, report.moved), (0, 0, 0));
        }
        assert_eq!(sent_to_sitoo(&world), 1);
        world
    })
    .await;
}

#[tokio::test]
async fn a_mixed_basket_takes_each_part_from_its_place() {
    tell(|world| async move {
        let order_id = posted(&world, to_the_door(&world).taken(0, 1)).await;
        let (shop, central) =
            (world.shop(0).stock_location_id, world.retailer.central.stock_location_id);
        let document = world.document(order_id);
        let lines: Vec<_> =
            document.lines.iter().map(|line| (line.quantity, line.location)).collect();
        assert_eq!(lines, [(1.into(), shop), (1.into(), central), (1.into(), central)]);
        assert_eq!(document.gross, 2_000);
        // OrderWise books everything out, what left at the till too.
        send(&world, order_id, parcel("D1", &[]));
        world.despatch_later(minutes(2)).await;
        assert_eq!(written(&world, order_id), [one("D1", &[(0, 1), (1, 1)])]);
        assert_eq!(till_state(&world, order_id), OrderState::Closed);
        assert_eq!(world.waits().await, []);
        world
    })
    .await;
}

#[tokio::test]
async fn two_parcels_of_two_couriers_are_two_deliveries() {
    tell(|world| async move {
        let order_id = posted(&world, to_the_door(&world)).await;
        send(&world, order_id, parcel("D1", &[(1, 1)]));
        world.despatch_later(minutes(2)).await;
        assert_eq!(written(&world, order_id), [one("D1", &[(0, 1)])]);
        assert_eq!(till_state(&world, order_id), OrderState::Open);
        let mut second = parcel("", &[]);
        second.consignment = None;
        second.courier = Some("Royal Mail".to_owned());
        send(&world, order_id, second);
        world.despatch_later(minutes(2)).await;
        let both = [one("D1", &[(0, 1)]), one("Royal Mail", &[(0, 1), (1, 1)])];
        assert_eq!(written(&world, order_id), both);
        assert_eq!(till_state(&world, order_id), OrderState::Closed);
        assert_eq!(says(&world, order_id, "both-sides-ended").await, 1);
        world
    })
    .await;
}

#[tokio::test]
async fn goods_collected_in_another_store() {
    tell(|world| async move {
        let york = world.shop(1).clone();
        let order_id = posted(&world, basket(&world).collect_at(&york.external_id)).await;
        let document = world.document(order_id);
        assert!(document.lines.iter().all(|line| line.location == york.stock_location_id));
        world.sandbox.sitoo.ready_for_pickup(order_id).unwrap();
        let event = |id: &str| IncomingEvent {
            event_id: id.to_owned(),
            event_type: "order".to_owned(),
            order_id: Some(order_id),
            body: "{}".to_owned(),
        };
        events::receive(&world.app, vec![event("e-1")]).await.unwrap();
        events::receive(&world.app, vec![event("e-1"), event("e-2")]).await.unwrap();
        world.despatch_later(minutes(1)).await;
        assert_eq!(says(&world, order_id, "ready-for-collection").await, 1);
        world.sandbox.sitoo.reject_pickup(order_id).unwrap();
        events::receive(&world.app, vec![event("e-3")]).await.unwrap();
        world.despatch_later(minutes(1)).await;
        assert_eq!(says(&world, order_id, "collection-rejected").await, 1);
        // Collected at a till after all: nothing for OrderWise to be told of twice.
        world.sandbox.sitoo.collect(order_id, &york.registers[0].register_id).unwrap();
        events::receive(&world.app, vec![event("e-4")]).await.unwrap();
        let report = world.despatch_later(minutes(1)).await;
        assert_eq!((report.ended, report.raised), (1, 0));
        assert_eq!(says(&world, order_id, "ready-for-collection").await, 1);
        assert_eq!(world.waits().await, []);
        world
    })
    .await;
}

#[tokio::test]
async fn what_is_not_mapped_waits_and_goes_on_once_it_is() {
    tell(|world| async move {
        let order_id = world.sell(to_the_door(&world).carrier("pigeon"));
        world.pass().await;
        world.after(minutes(1)).await;
        assert_eq!(world.state(order_id).await, Held);
        assert_eq!(world.causes(order_id).await, ["carrier-unmapped"]);
        let method = world.retailer.central.delivery_method_id.to_string();
        assert_eq!(world.map(MappingKind::Delivery, "pigeon", &method).await, 1);
        world.pass().await;
        assert!(world.state(order_id).await.is_in_ledger());
        world
    })
    .await;
}

#[tokio::test]
async fn an_order_that_closes_before_it_is_posted_is_a_sale_as_any_other() {
    tell(|world| async move {
        // Neither carrier nor address: perhaps only on its way to being closed.
        let order_id = world.sell(basket(&world));
        world.pass().await;
        world.after(seconds(30)).await;
        assert_eq!(world.state(order_id).await, SetAside);
        world.sandbox.sitoo.close(order_id, None).unwrap();
        for _ in 0..3 {
            world.after(minutes(2)).await;
        }
        assert!(world.state(order_id).await.is_in_ledger());
        let shop = world.shop(0).stock_location_id;
        assert!(world.document(order_id).lines.iter().all(|line| line.location == shop));
        world
    })
    .await;
}

#[tokio::test]
async fn a_web_shops_order_stays_set_aside() {
    tell(|world| async move {
        let order_id = world.sell(to_the_door(&world).with("weborder", "true"));
        world.pass().await;
        world.after(minutes(5)).await;
        assert_eq!(world.state(order_id).await, SetAside);
        world
    })
    .await;
}
