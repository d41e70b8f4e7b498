//! The control interface of Sitoo's stand-in.
#![allow(clippy::expect_used, reason = "helpers of tests")]

mod till;

use std::sync::Arc;

use axum::{Router, body::Body};
use daybook_sandbox::sitoo::control_router;
use http::{Method, Request, StatusCode};
use serde_json::{Value, json};
use till::{OTHER_TILL, Reply, Shop, TILL, TILL_KEY, reply, shop};

async fn control(shop: &Shop, method: Method, path: &str, body: Value) -> Reply {
    let router: Router = control_router(Arc::clone(&shop.sitoo));
    let request = Request::builder()
        .method(method)
        .uri(format!("/control/sitoo/{path}"))
        .header("content-type", "application/json")
        .body(Body::from(body.to_string()))
        .expect("a request");
    reply(&router, request).await
}

async fn post(shop: &Shop, path: &str, body: Value) -> Value {
    let reply = control(shop, Method::POST, path, body).await;
    assert!(reply.status.is_success(), "{path}: {} {}", reply.status, reply.body);
    reply.body
}

#[tokio::test]
async fn a_sale_a_return_and_an_exchange() {
    let shop = shop();
    let sale = json!({
        "register": TILL_KEY,
        "rows": [
            {"sku": "COAT-1", "quantity": 2, "discount_pence": 1000, "discount_reason": "STAFF"},
            {"sku": "NEW-1", "name": "Not in the file", "gross_pence": 999, "vat": 500},
            {"sku": "GIFT", "gross_pence": 2000, "vat": 0, "gift_card": "GC-1"},
        ],
        "payments": [
            {"name": "Cash", "external_id": "CASH", "kind": "cash", "pence": 5000},
            {"name": "Card", "kind": "card"},
        ],
        "orderdate": till::MORNING - 60,
        "shopper": {"email": "ada@example.com"},
        "additionaldata": {"own": "key"},
    });
    let placed = post(&shop, "sales", sale).await;
    let id = placed["orderid"].as_i64().expect("an id");
    assert_eq!(placed["receiptid"], format!("{TILL_KEY}10000"));
    let order = shop.order(id).await;
    assert_eq!(order["moneytotal_gross_all"], "259.99");
    assert_eq!(order["orderdate"], till::MORNING - 60);
    assert_eq!(order["additionaldata"]["own"], "key");
    let back = json!({"register": OTHER_TILL, "orderid": id, "back": [{"row": 0}],
                      "reason": "FAULTY", "return_warehouse": 4});
    let refund = post(&shop, "returns", back).await;
    let refund = shop.order(refund["orderid"].as_i64().expect("an id")).await;
    assert_eq!(refund["moneytotal_gross_all"], "-115.00");
    let exchange = json!({
        "refund": {"register": TILL, "orderid": id, "back": [{"row": 1}]},
        "sale": {"register": TILL, "rows": [{"sku": "BOOK-1"}]},
    });
    let placed = post(&shop, "exchanges", exchange).await;
    let out = shop.order(placed["sale"].as_i64().expect("an id")).await;
    assert_eq!(out["additionaldata"]["pos-refund-orderid"], placed["refund"].to_string());
    let totals = control(&shop, Method::GET, "totals", Value::Null).await.body;
    assert_eq!((&totals["count"], &totals["returns"]), (&json!(4), &json!(2)));
}

#[tokio::test]
async fn orders_live_and_are_listed() {
    let shop = shop();
    let sale = |extra: Value| {
        let mut sale = json!({"register": TILL, "rows": [{"sku": "COAT-1"}]});
        sale.as_object_mut()
            .expect("an object")
            .extend(extra.as_object().cloned().unwrap_or_default());
        sale
    };
    let id = |placed: Value| placed["orderid"].as_i64().expect("an id");
    let open = id(post(&shop, "sales", sale(json!({"stage": "open"}))).await);
    let other = id(post(&shop, "sales", sale(json!({"stage": "open"}))).await);
    let hidden = id(post(&shop, "sales", sale(json!({"held_back": true}))).await);
    post(&shop, &format!("orders/{open}/close"), Value::Null).await;
    post(&shop, &format!("orders/{other}/cancel"), Value::Null).await;
    assert_eq!(shop.ids("/orders").await, [other, open]);
    let list = control(&shop, Method::GET, "orders?after=0&num=10", Value::Null).await.body;
    let short = |row: &Value| json!([row["orderid"], row["orderstateid"], row["is_visible"]]);
    let rows: Vec<Value> = list.as_array().expect("a list").iter().map(short).collect();
    assert_eq!(
        rows,
        [json!([open, 10, true]), json!([other, 20, true]), json!([hidden, 10, false])]
    );
    post(&shop, &format!("orders/{hidden}/reveal"), Value::Null).await;
    assert_eq!(shop.ids("/orders").await.len(), 3);
    let again = control(&shop, Method::POST, &format!("orders/{open}/close"), Value::Null).await;
    assert_eq!(again.status, StatusCode::BAD_REQUEST);
    let unknown = control(&shop, Method::POST, "orders/1/cancel", Value::Null).await;
    assert_eq!(unknown.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn troubles_by_hand() {
    let shop = shop();
    let id = shop.sell_coats(1)[0];
    let path = format!("orders/{id}/fields/currencycode");
    control(&shop, Method::PUT, &path, json!(7)).await;
    assert_eq!(shop.order(id).await["currencycode"], 7);
    control(&shop, Method::DELETE, &format!("orders/{id}/fields"), Value::Null).await;
    assert_eq!(shop.order(id).await["currencycode"], "GBP");
    post(&shop, "gaps", json!({"ids": 5})).await;
    assert_eq!(shop.sell_coats(1)[0], id + 6);
    let between = json!({"register": TILL, "rows": [{"sku": "BOOK-1"}]});
    post(&shop, "between-pages", between).await;
    shop.get("/orders").await;
    assert_eq!(shop.sitoo.order_count(), 3);
    post(&shop, "events", json!({"event_type": "odd", "data": {}})).await;
    assert_eq!(shop.sitoo.events_waiting(), 1);
    let inactive = control(&shop, Method::PUT, "products/COAT-1", json!({"active": false})).await;
    assert_eq!(inactive.status, StatusCode::NO_CONTENT);
    assert_eq!(shop.get("/sites/1/products").await["totalcount"], 2);
}

#[tokio::test]
async fn switches_change_one_by_one() {
    let shop = shop();
    let change = json!({"one_at_a_time": true, "rate_limit": {"requests": 3, "window_us": 5}});
    control(&shop, Method::PUT, "switches", change).await;
    let switches = shop.sitoo.switches();
    assert!(switches.one_at_a_time && switches.rate_limit.is_some());
    control(&shop, Method::PUT, "switches", json!({"rate_limit": null})).await;
    let body = control(&shop, Method::GET, "switches", Value::Null).await.body;
    assert_eq!((&body["one_at_a_time"], &body["rate_limit"]), (&json!(true), &Value::Null));
    let odd = control(&shop, Method::PUT, "switches", json!({"no_such": 1})).await;
    assert_eq!(odd.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn stock_by_hand() {
    let shop = shop();
    let change =
        |thousandths: i64| json!({"warehouse": 1, "sku": "COAT-1", "thousandths": thousandths});
    post(&shop, "stock/set", change(10_000)).await;
    let id = post(&shop, "stock/adjust", change(-2_000)).await;
    assert_eq!(id["warehousetransactionid"], 1);
    post(&shop, "stock/take", change(7_000)).await;
    post(&shop, "stock/between-pages", change(1_000)).await;
    shop.get("/sites/1/warehouses/1/warehouseitems").await;
    let look = control(&shop, Method::GET, "stock?warehouse=1&sku=COAT-1", Value::Null).await.body;
    assert_eq!((&look[0]["total"], &look[0]["available"]), (&json!(8_000), &json!(8_000)));
    let rows = control(&shop, Method::GET, "transactions?after=1&num=5", Value::Null).await.body;
    let kinds: Vec<_> =
        rows.as_array().expect("rows").iter().map(|row| &row["transactiontype"]).collect();
    assert_eq!(kinds, [50, 10]);
    let kind = control(&shop, Method::PUT, "warehouses/1", json!({"warehousetype": 20})).await;
    assert_eq!(kind.status, StatusCode::NO_CONTENT);
    assert_eq!(shop.get("/sites/1/warehouses/1").await["warehousetype"], 20);
    let unknown = json!({"warehouse": 1, "sku": "NONE", "thousandths": 1});
    let reply = control(&shop, Method::POST, "stock/set", unknown).await;
    assert_eq!(reply.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn orders_to_come() {
    let shop = shop();
    let sale = json!({"register": TILL, "stage": "open-paid", "taken": [{"row": 0}],
                      "rows": [{"sku": "COAT-1", "quantity": 2}, {"sku": "BOOK-1"}],
                      "additionaldata": {"delivery-pickup-externalid": "LK-YORK"}});
    let id = post(&shop, "sales", sale).await["orderid"].as_i64().expect("an id");
    post(&shop, &format!("orders/{id}/ready"), Value::Null).await;
    post(&shop, &format!("orders/{id}/rejected"), Value::Null).await;
    let part = json!({"warehouse": 2, "rows": [{"row": 1}], "reference": "D1"});
    let sent = post(&shop, &format!("orders/{id}/deliver"), part).await;
    let path = format!("orders/{id}/deliveries/{}/cancel", sent["orderdeliveryid"]);
    post(&shop, &path, Value::Null).await;
    post(&shop, &format!("orders/{id}/collect"), json!({"register": OTHER_TILL})).await;
    let path = format!("orders/{id}/deliveries");
    let all = control(&shop, Method::GET, &path, Value::Null).await.body;
    let rows: Vec<_> = all
        .as_array()
        .expect("rows")
        .iter()
        .map(|one| {
            json!([one["warehouseid"], one["by_till"], one["rows"].as_array().map(Vec::len)])
        })
        .collect();
    assert_eq!(rows, [json!([1, true, 1]), json!([2, false, 1]), json!([2, true, 2])]);
    assert_eq!(shop.order(id).await["orderstateid"], 10);
}

#[tokio::test]
async fn products_and_settings_by_hand() {
    let shop = shop();
    let change = json!({"activepos": false, "allowdecimals": true, "stockcountenable": false});
    control(&shop, Method::PUT, "products/COAT-1", change).await;
    let read = shop.get("/sites/1/products/21").await;
    let flags =
        json!([read["active"], read["activepos"], read["allowdecimals"], read["stockcountenable"]]);
    assert_eq!(flags, json!([true, false, true, false]));
    control(&shop, Method::PUT, "settings", json!({"pricesstoredwithvat": false})).await;
    assert_eq!(shop.get("/sites/1/products/21").await["moneyprice"], "100.00");
    let gone = control(&shop, Method::DELETE, "products/COAT-1", Value::Null).await;
    assert_eq!((gone.status, shop.sitoo.product_count()), (StatusCode::NO_CONTENT, 2));
}
