//! Adding, updating and delivering orders; master data (facts/sitoo 2.1, 2.7, 3.1, 4, 5).
#![allow(clippy::expect_used, reason = "tests")]

mod till;

use daybook_sandbox::sitoo::{
    masters::{Product, ReasonCode, Register},
    till::Stage,
};
use http::{Method, StatusCode};
use serde_json::{Value, json};
use till::{FLOOR, Shop, TILL, shop};

async fn post(shop: &Shop, path: &str, body: Value) -> Value {
    let reply = shop.call(Method::POST, path, Some(&body)).await;
    assert_eq!(reply.status, StatusCode::OK, "{}", reply.body);
    reply.body
}

fn web_order() -> Value {
    json!({
        "ordertypeid": 10, "paymentstateid": 20, "warehouseid": FLOOR, "externalid": "WEB-1",
        "additionaldata": {"weborder": "true", "weborder-bopis": "true"},
        "orderitems": [{"productname": "Coat", "sku": "COAT-1", "quantity": 2,
                        "moneyrowprice": "240.00", "vatvalue": 20}],
        "payments": [{"name": "Web", "moneyamount": "240.00"}],
    })
}

#[tokio::test]
async fn put_changes_only_what_is_sent() {
    let shop = shop();
    let id = post(&shop, "/sites/1/orders", web_order()).await.as_i64().expect("an id");
    let path = format!("/sites/1/orders/{id}.json");
    let change = json!({"namefirst": "Ada", "additionaldata": {"seen": "yes"}});
    let reply = shop.call(Method::PUT, &path, Some(&change)).await;
    assert_eq!(reply.body, json!(true));
    let order = shop.order(id).await;
    assert_eq!(order["namefirst"], "Ada");
    assert_eq!(order["moneytotal_gross_all"], "240.00");
    let extras = json!({"weborder": "true", "weborder-bopis": "true", "seen": "yes"});
    assert_eq!(order["additionaldata"], extras);
    let cancel = json!({"orderstateid": 20});
    shop.call(Method::PUT, &path, Some(&cancel)).await;
    assert_eq!(shop.ids("/orders?orderstate=20").await, [id]);
    assert!(shop.ids("/orders?orderstate=0").await.is_empty());
}

#[tokio::test]
async fn an_external_id_is_unique() {
    let shop = shop();
    let id = post(&shop, "/sites/1/orders", web_order()).await.as_i64().expect("an id");
    assert_eq!(shop.ids("/orders?externalid=NONE,WEB-1").await, [id]);
    for external in [json!("WEB-1"), json!("white space"), json!(""), json!("x".repeat(41))] {
        let mut body = web_order();
        body["externalid"] = external;
        let reply = shop.call(Method::POST, "/sites/1/orders", Some(&body)).await;
        assert_eq!(reply.status, StatusCode::BAD_REQUEST);
    }
    let own = json!({"externalid": "WEB-1"});
    let reply = shop.call(Method::PUT, &format!("/sites/1/orders/{id}"), Some(&own)).await;
    assert_eq!(reply.status, StatusCode::OK, "its own id is no clash");
}

#[tokio::test]
async fn what_is_missing_or_odd_is_named() {
    let shop = shop();
    let row = json!({"productname": "Coat", "quantity": 1});
    let cases = [
        (json!({"orderitems": [row]}), "Missing required field 'ordertypeid'."),
        (json!({"ordertypeid": 10}), "Missing required field 'orderitems'."),
        (
            json!({"ordertypeid": 10, "orderitems": [{"quantity": 1}]}),
            "Missing required field 'productname'.",
        ),
        (
            json!({"ordertypeid": 10, "orderitems": [], "email": 5}),
            "Invalid field value 'email' should be string.",
        ),
        (
            json!({"ordertypeid": 10, "orderitems": [], "additionaldata": {"a": 1}}),
            "Invalid field value 'a' should be string.",
        ),
        (json!([]), "Invalid data"),
    ];
    for (body, text) in cases {
        let reply = shop.call(Method::POST, "/sites/1/orders", Some(&body)).await;
        assert_eq!(reply.body, json!({"statuscode": 400, "errortext": text}));
    }
}

#[tokio::test]
async fn an_order_sent_from_elsewhere_closes_once_everything_left() {
    let shop = shop();
    let sale = shop.coat().row(shop.row("BOOK-1").times(2)).stage(Stage::OpenPaid);
    let id = shop.sitoo.sell(sale).expect("an order");
    let path = format!("/sites/1/orders/{id}/orderdeliveries.json");
    assert_eq!(shop.get(&path).await["totalcount"], 0);
    let part = json!({"warehouseid": 2, "orderdeliveryref": "D1",
                      "orderdeliveryitems": [{"orderitemid": 0, "quantity": 1}]});
    let delivery = post(&shop, &path, part.clone()).await;
    let list = shop.get(&path).await;
    assert_eq!(list["items"][0]["orderdeliveryid"], delivery);
    assert_eq!(list["items"][0]["datecancelled"], Value::Null);
    assert_eq!(shop.order(id).await["orderstateid"], 0, "the books are still here");
    let twice = shop.call(Method::POST, &path, Some(&part)).await;
    assert_eq!(twice.status, StatusCode::BAD_REQUEST, "not more than was sold");
    let rest = json!({"warehouseid": FLOOR,
                      "orderdeliveryitems": [{"orderitemid": 1, "quantity": 2}]});
    post(&shop, &path, rest).await;
    assert_eq!(shop.order(id).await["orderstateid"], 10);
    assert_eq!(shop.get(&path).await["totalcount"], 2);
}

#[tokio::test]
async fn a_receipt_comes_with_its_delivery() {
    let shop = shop();
    let id = shop.sell_coats(1)[0];
    let list = shop.get(&format!("/sites/1/orders/{id}/orderdeliveries")).await;
    let delivery = &list["items"][0];
    assert_eq!((&delivery["orderid"], &delivery["warehouseid"]), (&json!(id), &json!(FLOOR)));
    assert_eq!(delivery["orderdeliveryitems"][0]["quantity"], 1);
    let log = shop.order(id).await["orderlogitems"].clone();
    assert_eq!(log[2]["fvalue"], delivery["orderdeliveryid"]);
}

#[tokio::test]
async fn only_pickups_can_be_logged() {
    let shop = shop();
    let id = post(&shop, "/sites/1/orders", web_order()).await;
    let path = format!("/sites/1/orders/{id}/orderlogitems");
    post(&shop, &path, json!({"orderlogtypeid": 900})).await;
    assert_eq!(shop.get(&path).await["items"][1]["orderlogtypeid"], 900);
    let reply = shop.call(Method::POST, &path, Some(&json!({"orderlogtypeid": 70}))).await;
    assert_eq!(reply.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn stores_warehouses_registers_and_settings() {
    let shop = shop();
    let mut old = Register::new("{OLD}", "SII-OLD", FLOOR, 9);
    old.is_registered = false;
    shop.sitoo.add_register(old);
    shop.sitoo.add_reason(ReasonCode { id: 1, kind: 10, code: "FAULTY".into(), name: "F".into() });
    assert_eq!(shop.get("/sites.json").await["items"][0]["eshopid"], 1);
    let stores = shop.get("/sites/1/stores.json").await;
    assert_eq!(stores["items"][0]["externalid"], "LK-BATH");
    let warehouses = shop.get("/sites/1/warehouses.json?fields=warehouseid,usetype").await;
    assert_eq!(warehouses["items"][2], json!({"warehouseid": 4, "usetype": 40}));
    let one = shop.get("/sites/1/warehouses/1.json").await;
    assert_eq!((&one["storeid"], &one["sellable"]), (&json!(1), &json!(true)));
    let registers = shop.get("/sites/1/cashregisters.json").await;
    assert_eq!(registers["totalcount"], 2);
    assert_eq!(registers["items"][0]["registerid"], TILL);
    let all = shop.get("/sites/1/cashregisters.json?includenotregistered=true").await;
    assert_eq!(all["totalcount"], 3);
    let settings = shop.get("/sites/1/settings.json").await;
    assert_eq!(
        (&settings["numdaysreserved"], &settings["currencycode"]),
        (&json!(14), &json!("GBP"))
    );
    let groups = shop.get("/sites/1/productgroups.json").await;
    assert_eq!(
        (&groups["items"][0]["vatid"], &groups["items"][0]["value"]),
        (&json!(2), &json!(20))
    );
    assert_eq!(shop.get("/reasoncodes.json").await["items"][0]["reasoncode"], "FAULTY");
}

#[tokio::test]
async fn products_are_found_by_their_exact_sku() {
    let shop = shop();
    let hidden = Product { active: false, ..Product::new(30, "coat-1", "Old coat", 100, 2000) };
    shop.sitoo.add_product(hidden);
    assert_eq!(shop.get("/sites/1/products.json").await["totalcount"], 3);
    let path = "/sites/1/products.json?sku=coat-1,BOOK-1&includeinactive=true&fields=sku,active";
    let expected = json!([{"sku": "BOOK-1", "active": true}, {"sku": "coat-1", "active": false}]);
    assert_eq!(shop.get(path).await["items"], expected);
    let one = shop.get("/sites/1/products/21.json").await;
    assert_eq!((&one["moneyprice"], &one["vatid"]), (&json!("120.00"), &json!(2)));
    let odd = shop.call(Method::GET, "/sites/1/products?includeinactive=1", None).await;
    assert_eq!(odd.status, StatusCode::BAD_REQUEST, "a literal true or false");
}
