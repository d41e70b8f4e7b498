//! What leaves the warehouse (facts/orderwise 3): deliveries, status texts, the export of both.
#![allow(clippy::unwrap_used, reason = "helpers of tests")]

mod shop;

use daybook_sandbox::orderwise::{HandedOver, NotDespatched, Parcel};
use rust_decimal::Decimal;
use serde_json::{Value, json};
use shop::{SECOND, Shop, order};

fn units(number: i64) -> Decimal {
    Decimal::from(number)
}

/// Two of ABC-1 and three of BOOK-0; its id.
async fn placed(shop: &Shop, number: &str) -> i64 {
    let mut body = order(number);
    let book = json!({ "itemNumber": 2, "variantCode": "BOOK-0", "quantity": 3,
        "itemGross": 7.99, "taxRateId": 3, "stockLocationId": 1 });
    body["orderLines"].as_array_mut().unwrap().push(book);
    shop.place(3, &body).await.json()["orderId"].as_i64().unwrap()
}

async fn rows(shop: &Shop, since: &str) -> Vec<Value> {
    shop.export(106, &[("@since", since)]).await.json().as_array().unwrap().clone()
}

async fn status(shop: &Shop, id: i64) -> Value {
    let path = format!("sales/order/{id}/status?include_lines=true&include_delivery=true");
    shop.get(&path).await.json()
}

fn parcel(lines: &[(usize, i64)], consignment: &str) -> Parcel {
    Parcel {
        lines: lines.iter().map(|(line, quantity)| (*line, units(*quantity))).collect(),
        courier: Some("DX DM6 Lite".to_owned()),
        consignment: Some(consignment.to_owned()),
        tracking_url: Some(format!("https://courier.example/{consignment}")),
    }
}

#[tokio::test]
async fn an_order_leaves_in_parts_and_its_status_follows() {
    let shop = Shop::new();
    let id = placed(&shop, "S-1").await;
    let waiting = shop.export(106, &[("@since", "2026-10-05")]).await.text;
    assert_eq!(
        waiting,
        r#"[{"orderId":36220,"orderNumber":"SO-3622","reference":"S-1","orderStatus":"Awaiting despatch","deliveryId":null,"despatchedAt":null,"courier":null,"consignmentNumber":null,"trackingUrl":null,"lineNumber":null,"sku":null,"quantity":null}]"#
    );
    shop.clock.pass(60 * SECOND);
    let first = shop.company.despatch(id, parcel(&[(1, 1), (2, 3)], "C-1")).unwrap();
    let rows_now = rows(&shop, "2026-10-05").await;
    assert_eq!(rows_now.len(), 2);
    assert_eq!(rows_now[0]["orderStatus"], "Partially despatched");
    assert_eq!(rows_now[0]["despatchedAt"], "2026-10-05T11:01:00.000");
    assert_eq!((&rows_now[1]["sku"], &rows_now[1]["quantity"]), (&json!("BOOK-0"), &json!(3.0)));
    let other = shop.company.despatch(id, Parcel { courier: None, ..parcel(&[], "C-2") }).unwrap();
    assert_ne!(first, other);
    let rows_now = rows(&shop, "2026-10-05").await;
    let last = &rows_now[2];
    assert_eq!((&last["deliveryId"], &last["lineNumber"]), (&json!(other), &json!(1)));
    assert_eq!((&last["courier"], &last["consignmentNumber"]), (&Value::Null, &json!("C-2")));
    assert!(rows_now.iter().all(|row| row["orderStatus"] == "Completed"));
    let status = status(&shop, id).await;
    assert_eq!(status["orderStatus"], "Completed");
    assert_eq!(status["lines"][0]["quantitySent"], json!(2.0));
    assert_eq!(status["delivery"][1]["consignmentNumber"], "C-2");
    assert_eq!(shop.company.free_stock("ABC-1", 1), Some(units(8)), "taken when it was ordered");
}

#[tokio::test]
async fn since_means_the_order_its_amendment_or_the_delivery() {
    let shop = Shop::new();
    let (old, quiet) = (placed(&shop, "S-1").await, placed(&shop, "S-2").await);
    assert_eq!(rows(&shop, "2026-10-05T10:00:00").await, Vec::<Value>::new(), "ordered at 9:30");
    shop.clock.pass(3_600 * SECOND);
    shop.company.despatch(old, parcel(&[(1, 1)], "C-1")).unwrap();
    shop.clock.pass(3_600 * SECOND);
    let late = shop.company.despatch(old, parcel(&[(1, 1)], "C-2")).unwrap();
    let ids =
        |rows: Vec<Value>| rows.iter().map(|row| row["deliveryId"].clone()).collect::<Vec<_>>();
    assert_eq!(ids(rows(&shop, "2026-10-05T13:00:00").await), [json!(late)]);
    shop.clock.pass(3_600 * SECOND);
    assert!(shop.company.set_status(quiet, "Wird gepackt"));
    let amended = rows(&shop, "2026-10-05T14:00:00").await;
    assert_eq!((amended.len(), &amended[0]["orderStatus"]), (1, &json!("Wird gepackt")));
    shop.company.correct_delivery(late, parcel(&[(2, 3)], "C-3")).unwrap();
    let corrected = rows(&shop, "2026-10-05T14:00:00").await;
    assert_eq!(corrected.len(), 3, "an amended order comes with all its deliveries");
    assert_eq!(corrected[1]["consignmentNumber"], "C-3");
    assert_eq!(corrected[1]["despatchedAt"], "2026-10-05T13:00:00.000");
    shop.company.cancel_delivery(late).unwrap();
    assert_eq!(rows(&shop, "2026-10-05T14:00:00").await.len(), 2);
    assert_eq!(shop.company.cancel_delivery(late), Err(NotDespatched::NoSuchDelivery));
}

#[tokio::test]
async fn nothing_leaves_that_was_not_ordered_or_is_held_back() {
    let shop = Shop::new();
    let id = placed(&shop, "S-1").await;
    let despatch = |lines: &[(usize, i64)]| shop.company.despatch(id, parcel(lines, "C"));
    assert_eq!(despatch(&[(3, 1)]), Err(NotDespatched::NoSuchLine));
    assert_eq!(despatch(&[(1, 3)]), Err(NotDespatched::TooMuch));
    assert_eq!(shop.company.despatch(1, Parcel::default()), Err(NotDespatched::NoSuchOrder));
    shop.company.hold_order(id, true).unwrap();
    assert_eq!(despatch(&[(1, 1)]), Err(NotDespatched::OnHold));
    assert_eq!(status(&shop, id).await["orderStatus"], "On hold");
    shop.company.hold_order(id, false).unwrap();
    assert_eq!(status(&shop, id).await["orderStatus"], "Awaiting despatch");
    let delivery = despatch(&[(1, 2)]).unwrap();
    assert_eq!(
        shop.company.correct_delivery(delivery, parcel(&[(1, 3)], "C")),
        Err(NotDespatched::TooMuch)
    );
    assert_eq!(despatch(&[(1, 1)]), Err(NotDespatched::TooMuch));
    shop.company.cancel_order(id).unwrap();
    assert_eq!(status(&shop, id).await["orderStatus"], "Cancelled");
    assert_eq!(shop.company.free_stock("ABC-1", 1), Some(units(8)), "they left");
    assert_eq!(shop.company.free_stock("BOOK-0", 1), Some(units(10)), "free again");
    assert_eq!(despatch(&[(2, 1)]), Err(NotDespatched::Cancelled));
    assert_eq!(shop.company.cancel_order(id), Err(NotDespatched::Cancelled));
}

#[tokio::test]
async fn what_the_shopper_took_along_is_completed_or_delivered_or_waits() {
    let shop = Shop::new();
    shop.company.set_handed_over(1, true);
    for (policy, number, expected, deliveries) in [
        (HandedOver::Completed, "S-1", "Completed", 0),
        (HandedOver::Delivered, "S-2", "Completed", 1),
        (HandedOver::Awaiting, "S-3", "Awaiting despatch", 0),
    ] {
        shop.company.switch(|s| s.handed_over = policy);
        let id = placed(&shop, number).await;
        assert_eq!(status(&shop, id).await["orderStatus"], expected);
        assert_eq!(shop.company.deliveries(id).len(), deliveries);
        let left = shop.company.despatch(id, Parcel::default()).is_ok();
        assert_eq!(left, policy == HandedOver::Awaiting);
    }
    let rows = rows(&shop, "2026-10-05").await;
    let delivered: Vec<_> = rows.iter().filter(|row| row["reference"] == "S-2").collect();
    assert_eq!((delivered.len(), &delivered[0]["courier"]), (2, &Value::Null));
    // Without a method of its own an order goes by the customer's.
    let mut body = order("S-4");
    body["orderHeader"].as_object_mut().unwrap().remove("deliveryMethodId");
    let id = shop.place(3, &body).await.json()["orderId"].as_i64().unwrap();
    assert_eq!(status(&shop, id).await["orderStatus"], "Awaiting despatch");
}

#[tokio::test]
async fn credits_do_not_leave_and_late_orders_do_not_show() {
    let shop = Shop::new();
    let mut credit = order("S-1");
    credit["orderHeader"]["systemOrderType"] = json!(4);
    let id = shop.place(3, &credit).await.json()["orderId"].as_i64().unwrap();
    assert_eq!(shop.company.despatch(id, Parcel::default()), Err(NotDespatched::NoSuchOrder));
    shop.company.switch(|s| s.late_visibility_ms = 5_000);
    placed(&shop, "S-2").await;
    assert!(rows(&shop, "2026-10-05").await.is_empty());
    shop.clock.pass(5 * SECOND);
    assert_eq!(rows(&shop, "2026-10-05").await.len(), 1);
}
