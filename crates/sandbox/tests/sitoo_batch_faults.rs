//! Faults reach every call of Sitoo's stand-in, and the elements of a batch.
#![allow(clippy::expect_used, reason = "helpers of tests")]

mod till;

use std::sync::{Arc, atomic::Ordering};

use daybook_sandbox::faults::{ErrorBody, Fault, Faults, Matcher, Spoil, Style, wrap};
use http::{Method, StatusCode};
use serde_json::{Value, json};
use till::{FLOOR, Shop, shop};

fn troubled() -> (Shop, Arc<Faults>) {
    let mut shop = shop();
    let clock = Arc::clone(&shop.clock);
    let now = Arc::new(move || clock.load(Ordering::Relaxed));
    let faults = Arc::new(Faults::new(now, 1, Style::Sitoo));
    shop.api = wrap(shop.api.clone(), Arc::clone(&faults));
    (shop, faults)
}

fn moves(count: usize) -> Value {
    let one = json!({"warehouseid": FLOOR, "transactiontype": 10,
                     "items": [{"sku": "COAT-1", "decimalquantity": "1.000"}]});
    Value::Array(vec![one; count])
}

const MOVES: &str = "/sites/1/warehousetransactions.json";

#[tokio::test]
async fn every_nth_element_of_a_batch_fails() {
    let (shop, faults) = troubled();
    let level = || shop.sitoo.stock_level(FLOOR, "COAT-1").map_or(0, |level| level.total);
    let spoil = |status, processed| Fault::PartialBatch(Spoil { every: 3, status, processed });
    faults.once(spoil(500, false), "POST", "warehousetransactions");
    let reply = shop.call(Method::POST, MOVES, Some(&moves(7))).await;
    assert_eq!(reply.status, StatusCode::OK);
    let rows = reply.body.as_array().expect("an envelope").clone();
    let failed = json!({"statuscode": 500, "errortext": "Internal Server Error"});
    assert_eq!((&rows[2], &rows[5]), (&failed, &failed));
    assert_eq!(rows.iter().filter(|row| row["statuscode"] == 200).count(), 5);
    assert_eq!(level(), 5_000);
    faults.once(spoil(400, true), "POST", "warehousetransactions");
    let reply = shop.call(Method::POST, MOVES, Some(&moves(3))).await;
    assert_eq!((&reply.body[2]["statuscode"], level()), (&json!(400), 8_000), "done all the same");
    let single = Fault::PartialBatch(Spoil { every: 1, status: 500, processed: false });
    faults.once(single, "PUT", "products");
    let body = json!({"productid": 21, "title": "?"});
    let reply = shop.call(Method::PUT, "/sites/1/products", Some(&body)).await;
    assert_eq!(reply.status, StatusCode::INTERNAL_SERVER_ERROR);
    let words = json!({"fault": {"kind": "partial-batch", "every": 2, "status": 500}});
    let fault: Fault = serde_json::from_value(words["fault"].clone()).expect("a fault");
    assert_eq!(fault, Fault::PartialBatch(Spoil { every: 2, status: 500, processed: false }));
}

#[tokio::test]
async fn the_new_calls_meet_all_faults() {
    let (shop, faults) = troubled();
    let id = shop.sitoo.sell(shop.coat().stage(daybook_sandbox::sitoo::till::Stage::OpenPaid));
    let deliveries = format!("/sites/1/orders/{}/orderdeliveries", id.expect("an order"));
    let items = json!([{"sku": "COAT-1", "binlocation": "A1"}]);
    let calls = [
        (Method::GET, "/sites/1/warehouses/1/warehouseitems", None),
        (Method::PUT, "/sites/1/warehouses/1/warehouseitems", Some(items)),
        (Method::GET, MOVES, None),
        (Method::POST, MOVES, Some(moves(1))),
        (Method::POST, "/sites/1/products", Some(json!({"sku": "A"}))),
        (Method::GET, "/sites/1/products/21/productvariants", None),
        (Method::GET, "/sites/1/pricelists/1/pricelistitems", None),
        (Method::GET, deliveries.as_str(), None),
    ];
    for (method, path, body) in calls {
        faults.put(Fault::TooManyRequests { retry_after_s: Some(3) }, Matcher::default().times(1));
        let busy = shop.call(method.clone(), path, body.as_ref()).await;
        assert_eq!(busy.status, StatusCode::TOO_MANY_REQUESTS, "{path}");
        let error = Fault::ServerError { status: 502, body: ErrorBody::Html };
        faults.put(error, Matcher::default().times(1));
        let broken = shop.call(method.clone(), path, body.as_ref()).await;
        assert_eq!((broken.status, broken.body), (StatusCode::BAD_GATEWAY, Value::Null), "{path}");
        let fine = shop.call(method, path, body.as_ref()).await;
        assert_eq!(fine.status, StatusCode::OK, "{path}: {}", fine.body);
    }
    faults.once(Fault::CutAfter, "POST", "warehousetransactions");
    shop.call(Method::POST, MOVES, Some(&moves(1))).await;
    assert_eq!(shop.sitoo.last_transaction(), 2, "a lost answer, not a lost movement");
    faults.once(Fault::CutBefore, "POST", "warehousetransactions");
    shop.call(Method::POST, MOVES, Some(&moves(1))).await;
    assert_eq!(shop.sitoo.last_transaction(), 2);
    faults.once(Fault::MalformedJson, "GET", "warehouseitems");
    let odd = shop.call(Method::GET, "/sites/1/warehouses/1/warehouseitems", None).await;
    assert_eq!((odd.status, odd.body), (StatusCode::OK, Value::Null));
}
