//! Rows of the despatch export that cannot be read: each stops only its own order.

use daybook_sandbox::orderwise::Purpose::Despatches;

use super::*;

/// A row of an order of another channel, with something odd in it.
fn of_the_web(column: &str, json: &str) -> String {
    let mut row: serde_json::Value = serde_json::from_str(
        r#"{"orderId":990001,"orderNumber":"WEB1","reference":"WEB-1","orderStatus":"Completed",
        "deliveryId":880001,"despatchedAt":"2026-10-05T10:00:00","courier":"DPD",
        "consignmentNumber":"W1","trackingUrl":null,"lineNumber":1,"sku":"A","quantity":1.0}"#,
    )
    .unwrap();
    row[column] = serde_json::from_str(json).unwrap();
    row.to_string()
}

#[tokio::test]
async fn rows_of_other_channels_may_hold_anything() {
    tell(|world| async move {
        let order_id = posted(&world, to_the_door(&world)).await;
        for (column, json) in [
            ("quantity", "1.23456"),
            ("quantity", "\"x\""),
            ("despatchedAt", "\"soon\""),
            ("orderId", "null"),
            ("reference", "{}"),
        ] {
            assert!(world.sandbox.orderwise.add_row(Despatches, &of_the_web(column, json)));
        }
        assert!(world.sandbox.orderwise.add_row(Despatches, "null"));
        send(&world, order_id, parcel("D1", &[]));
        assert_eq!(world.despatch_later(minutes(2)).await.written, 1);
        assert_eq!(written(&world, order_id), [one("D1", &[(0, 2), (1, 1)])]);
        assert_eq!(world.waits().await, []);
        world
    })
    .await;
}

#[tokio::test]
async fn a_bad_row_of_ours_stops_only_its_order_and_heals() {
    tell(|world| async move {
        let bad = posted(&world, to_the_door(&world)).await;
        let good = posted(&world, to_the_door(&world)).await;
        let of = world.document(bad).order_id.to_string();
        let orderwise = &world.sandbox.orderwise;
        assert!(orderwise.spoil_cell(Despatches, ("orderId", &of), "quantity", "1.23456"));
        send(&world, bad, parcel("D1", &[]));
        send(&world, good, parcel("D2", &[]));
        assert_eq!(world.despatch_later(minutes(2)).await.written, 1);
        assert_eq!(written(&world, good), [one("D2", &[(0, 2), (1, 1)])]);
        assert_eq!(written(&world, bad), []);
        assert_eq!(world.causes(bad).await, ["orderwise-export-definition"]);
        assert_eq!(world.causes(good).await, Vec::<&str>::new());
        world.despatch_later(minutes(2)).await;
        assert_eq!(world.causes(bad).await.len(), 1, "told once");
        world.sandbox.orderwise.mend_rows();
        assert_eq!(world.despatch_later(minutes(2)).await.written, 1);
        assert_eq!(written(&world, bad), [one("D1", &[(0, 2), (1, 1)])]);
        assert_eq!(world.waits().await, []);
        world
    })
    .await;
}
